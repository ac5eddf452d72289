import Ingest
import Support

/// The end of `gepeto ingest`: what went in, what did not and why.
struct IngestTable {
    let text: String

    init(_ report: IngestReport, _ course: CourseID) {
        var table = Table([
            ("document", .left), ("", .left), ("pages", .right), ("empty", .right), ("OCR", .right),
            ("chunks", .right), ("found", .right), ("seconds", .right), ("MB", .right),
        ])
        for file in report.files { table.add(Self.row(file)) }
        var lines = table.lines
        for file in report.files where file.outcome == .failed {
            lines.append("\nfailed: \(file.path.printable)\n  \((file.reason ?? "No reason is known.").printable)")
        }
        for file in report.files {
            guard let other = file.sameAs else { continue }
            lines.append(
                file.outcome == .renamed
                    ? "renamed: \(other.printable) is \(file.path.printable) now"
                    : "duplicate: \(file.path.printable) has the same content as \(other.printable)")
        }
        for file in report.files where file.outcome == .skipped {
            lines.append("skipped: \(file.path.printable): \(file.reason ?? "")")
        }
        for file in report.files {
            for warning in file.warnings { lines.append("note: \(file.path.printable): \(warning.printable)") }
        }
        for path in report.vanished where !report.removed.contains(path) {
            lines.append(
                "vanished: \(path.printable) is in the course but not in the folder (--remove-vanished takes it out)")
        }
        for path in report.removed { lines.append("removed: \(path.printable)") }
        for path in report.unseen { lines.append("kept: \(path.printable), for its folder could not be read") }
        let counts = FileReport.Outcome.allCases.map { ($0, report.count($0)) }.filter { $0.1 > 0 }
        let summary = counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        lines.append(
            "\n\(course): \(summary); \(report.chunks) chunks in \(Self.seconds(report.seconds)) s")
        text = lines.joined(separator: "\n") + "\n"
    }

    /// Sentences found of those searched for, and the extractor's peak of memory, are of what is new in this run.
    private static func row(_ file: FileReport) -> [String] {
        let path = shortened(file.path.printable)
        guard let document = file.document else {
            return [path, file.outcome.rawValue, "", "", "", "", "", seconds(file.seconds), ""]
        }
        let isNew = file.outcome == .added || file.outcome == .replaced
        let check = document.selfCheck
        let megabytes = (document.peakMemory + 500_000) / 1_000_000
        return [
            path, file.outcome.rawValue, document.pages.map(String.init) ?? "", count(document.emptyPages),
            count(document.recognisedPages), "\(file.chunks)", isNew ? "\(check.found)/\(check.sentences)" : "",
            seconds(file.seconds), isNew && megabytes > 0 ? "\(megabytes)" : "",
        ]
    }

    /// Blank for none: most documents have none.
    private static func count(_ pages: [Int]) -> String { pages.isEmpty ? "" : "\(pages.count)" }

    private static func seconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func shortened(_ path: String) -> String {
        path.count <= 48 ? path : "…" + path.suffix(47)
    }
}

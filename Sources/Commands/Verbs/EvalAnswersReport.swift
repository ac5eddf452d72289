import ChatService
import FoundationEssentials
import Glibc
import Retrieval
import Support

/// What `gepeto eval answers` writes and reads: reports as JSON, tables for people.
enum EvalAnswersReport {
    /// The largest report that is read.
    private static let sizeLimit = 512 << 20

    /// - Throws: `CommandFailure`.
    static func write(_ report: AnswerReport, to path: String) throws {
        do {
            try Data((try JSONText.line(report) + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandFailure("cannot_write", "\(path) cannot be written; check the folder and its permissions.")
        }
    }

    /// - Throws: `CommandFailure`, `EvaluationError`; `CancellationError`.
    static func compare(
        _ first: String, _ second: String, _ context: Context
    ) async throws -> AnswerComparison {
        let left = try read(first)
        let right = try read(second)
        let outcome = await context.outcome { try AnswerComparison(left, right) }
        guard let comparison = try outcome.get() else {
            throw CommandFailure("nothing_in_common", "\(first) and \(second) have no answered question in common.")
        }
        return comparison
    }

    private static func read(_ path: String) throws -> AnswerReport {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw EvaluationError.cannotRead(file: path, reason: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeLimit,
            let data = try? Data(contentsOf: URL(filePath: path))
        else { throw EvaluationError.cannotRead(file: path, reason: "it is no file of up to 512 MiB") }
        struct Form: Decodable { let version: Int }
        let version = (try? JSONDecoder().decode(Form.self, from: data))?.version
        guard let version, version <= AnswerReport.version,
            let report = try? JSONDecoder().decode(AnswerReport.self, from: data)
        else {
            throw CommandFailure(
                "no_report",
                "\(path) is no report of 'gepeto eval answers'"
                    + (version.map { $0 > AnswerReport.version } == true ? " that this version can read." : "."))
        }
        return report
    }

    // MARK: Tables

    static func table(_ report: AnswerReport) -> String {
        var table = Table([("figure", .left), ("value", .right), ("what it says", .left)])
        for metric in AnswerMetric.allCases {
            guard let value = report.metrics[metric.rawValue] else { continue }
            table.add([metric.rawValue, shown(value, metric), metric.meaning])
        }
        var lines = [
            "\(report.corpus.printable): \(report.documents) documents, \(report.chunks) chunks; "
                + "\(report.answerable) answerable and \(report.unanswerable) unanswerable questions, \(report.refused) refused",
            "models: \(report.models.joined(separator: ", ")); \(report.tokensInput) tokens in, \(report.tokensOutput) out, "
                + (report.costUsd.map { "$" + decimal($0, 4) } ?? "cost not known")
                + "; \(ProgressBar.spoken(.seconds(report.seconds))), \(report.atOnce) at once",
        ]
        for (reason, count) in report.errors.sorted(by: { $0.key < $1.key }) {
            lines.append("failed and not counted: \(count) (\(reason))")
        }
        return (lines + [""] + table.lines).joined(separator: "\n") + "\n"
    }

    static func table(_ comparison: AnswerComparison, _ first: String, _ second: String) -> String {
        var table = Table([
            ("figure", .left), ("A", .right), ("B", .right), ("B - A", .right), ("95 % of resamples", .right),
            ("", .left),
        ])
        for row in comparison.rows {
            let interval = row.interval.map {
                signed($0.low, row.metric) + " … " + signed($0.high, row.metric)
            }
            table.add([
                row.metric.rawValue, shown(row.first, row.metric), shown(row.second, row.metric),
                signed(row.difference, row.metric), interval ?? "-", row.isClear ? "*" : "",
            ])
        }
        let head = [
            "A: \(first.printable)", "B: \(second.printable)",
            "\(comparison.questions) questions in both, \(comparison.unpaired) in one only; paired bootstrap, "
                + "\(comparison.resamples) resamples, seed \(comparison.seed); * the interval leaves 0 out", "",
        ]
        return (head + table.lines).joined(separator: "\n") + "\n"
    }

    private static func signed(_ value: Double, _ metric: AnswerMetric) -> String {
        (value < 0 ? "-" : "+") + shown(abs(value), metric)
    }

    private static func shown(_ value: Double, _ metric: AnswerMetric) -> String {
        switch metric {
        case .latencyMsP50, .latencyMsP95, .firstTextMsP50, .tokensPerAnswer: decimal(value, 0)
        case .sentences: decimal(value, 1)
        case .costPerAnswer: decimal(value, 6)
        default: decimal(value, 3)
        }
    }

    /// A number of at least nought with so many digits behind the point.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value < 1e12 else { return "\(value)" }
        let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let whole = Int((value * factor).rounded())
        guard digits > 0 else { return "\(whole)" }
        let rest = String(whole % Int(factor))
        return "\(whole / Int(factor))." + String(repeating: "0", count: digits - rest.count) + rest
    }
}

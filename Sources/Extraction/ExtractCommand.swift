import FoundationEssentials
import Glibc
import Support

/// What `gepeto extract FILE [--json]` does: limits itself, reads one file, and says what it found.
///
/// It is the only place where a stranger's file is parsed. `ExtractionProcess` starts it as a child with `--json`.
package enum ExtractCommand {
    package struct Outcome: Sendable {
        /// 0, or 1 when the file could not be read.
        package let exitCode: Int32
        package let output: [UInt8]
        /// For standard error; empty when all is well.
        package let complaint: String
    }

    /// Blocks. With `json` the failure, too, is in the output, so that a parent can read it.
    /// - Parameter limits: set on this process for good before the file is opened; nil sets none.
    package static func run(
        file: String, json: Bool, limits: ExtractionLimits? = .standard
    ) -> Outcome {
        _ = limits?.applyToThisProcess()
        do {
            let document = try DocumentExtractor.extract(path: file)
            let output = json ? try encode(.document(document)) : Array(listing(of: document).utf8)
            return Outcome(exitCode: 0, output: output, complaint: "")
        } catch {
            let failure = error as? IngestError ?? .crashed
            let output = json ? (try? encode(.failure(failure))) ?? [] : []
            return Outcome(exitCode: 1, output: output, complaint: "\(file): \(failure.description)\n")
        }
    }

    private static func encode(_ result: ExtractionResult) throws -> [UInt8] {
        Array(try JSONEncoder().encode(result))
    }

    /// Page by page, for a person.
    private static func listing(of document: ExtractedDocument) -> String {
        var text = "title: \(document.title ?? "-")\ntype: \(document.mediaType)\n"
        text += "language: \(document.language.isEmpty ? "-" : document.language)\n"
        if let count = document.pageCount { text += "pages: \(count)\n" }
        for warning in document.warnings { text += "warning: \(warning)\n" }
        var page = 0
        for block in document.blocks {
            if let first = document.pages(of: block.range)?.lowerBound, first != page {
                page = first
                text += "\n--- page \(page) ---\n"
            }
            text += "\n[\(block.kind.rawValue)\(block.level > 0 ? " \(block.level)" : "")]\n"
            text += document.text.utf8Substring(block.range) + "\n"
        }
        return text
    }
}

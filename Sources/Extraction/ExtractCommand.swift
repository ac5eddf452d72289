import FoundationEssentials
import Glibc
import Support

/// What `gepeto extract FILE [--json]` prints.
package enum ExtractCommand {
    package struct Outcome: Sendable {
        /// 0, or 1 when the file could not be read.
        package let exitCode: Int32
        package let output: [UInt8]
        /// For standard error; empty when all is well.
        package let complaint: String
    }

    /// Reads `file` by `extraction`. With `json` the failure, too, is in the output, so that a program can read it.
    /// - Throws: `CancellationError`.
    package static func run(file: String, json: Bool, extraction: any DocumentExtraction) async throws -> Outcome {
        let result: ExtractionResult
        do {
            result = .document(try await extraction.extract(path: file).document)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            result = .failure(error as? IngestError ?? .crashed)
        }
        return outcome(of: result, file: file, json: json)
    }

    /// Reads `file` in this process. Blocks.
    /// - Parameter limits: set on this process for good before the file is opened; nil sets none.
    package static func run(
        file: String, json: Bool, limits: ExtractionLimits? = .standard
    ) -> Outcome {
        do throws(ExtractionLimits.Refused) {
            _ = try limits?.applyToThisProcess()
        } catch {
            return outcome(of: .failure(.noSandbox("its \(error.what) could not be limited")), file: file, json: json)
        }
        do throws(IngestError) {
            return outcome(of: .document(try DocumentExtractor.extract(path: file)), file: file, json: json)
        } catch {
            return outcome(of: .failure(error), file: file, json: json)
        }
    }

    /// What the extractor's process would answer for `file`, read in this process without limits: for tests.
    static func answer(for file: String) -> [UInt8] {
        let result: ExtractionResult
        do throws(IngestError) {
            result = .document(try DocumentExtractor.extract(path: file))
        } catch {
            result = .failure(error)
        }
        let bytes = Locked<[UInt8]>([])
        ExtractionFrame.write(result, peakMemory: { 0 }) { piece in bytes.withLock { $0.append(contentsOf: piece) } }
        return bytes.withLock { $0 }
    }

    private static func outcome(of result: ExtractionResult, file: String, json: Bool) -> Outcome {
        var output = json ? (try? encode(result)) ?? [] : []
        switch result {
        case .document(let document):
            if !json { output = Array(listing(of: document).utf8) }
            return Outcome(exitCode: 0, output: output, complaint: "")
        case .failure(let error):
            return Outcome(exitCode: 1, output: output, complaint: "\(file): \(error.description)\n")
        case .sandbox: return Outcome(exitCode: 1, output: output, complaint: "")
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

import Extraction
import Ingest

/// `gepeto extract`: what a document's extractor finds; also the child process in which documents are read.
enum ExtractionCommand {
    static let verb = Verb(
        "extract", "what a document's extractor finds, page by page", operands: "FILE",
        options: [Option("--json", "as one JSON object, failures too")],
        notes: "Runs under limits on memory, processor time and files, which it sets on itself first.", run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.count == 1 else { throw UsageError("name one file.") }
        let outcome = ExtractCommand.run(file: arguments.operands[0], json: arguments.has("--json"))
        context.console.write(String(decoding: outcome.output, as: UTF8.self))
        context.console.status(outcome.complaint)
        return outcome.exitCode
    }
}

import Extraction

/// `gepeto extract`: what a document's extractor finds, read as every document is: in a confined child process.
enum ExtractionCommand {
    static let verb = Verb(
        "extract", "what a document's extractor finds, page by page", operands: "FILE",
        options: [
            Option("--json", "as one JSON object, failures too"),
            Option("--no-ocr", "recognise no page that has no text (also GEPETO_OCR=off)"),
        ],
        notes: """
            The file is read by a child process (its command line ends with --child) under limits on memory, time, files and
            processes, without a network and, when started by root, as another user. 'gepeto doctor' says what holds here.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.count == 1 else { throw UsageError("name one file.") }
        let configuration = try Configuration(arguments, context)
        let ocr = arguments.has("--no-ocr") ? "off" : configuration.text("GEPETO_OCR") ?? "auto"
        let extraction = ExtractionProcess(
            executable: context.executable, environment: ExtractionProcess.passedOn(ocr: ocr))
        let ended = await context.outcome {
            try await ExtractCommand.run(
                file: arguments.operands[0], json: arguments.has("--json"), extraction: extraction)
        }
        do {
            let outcome = try ended.get()
            context.console.write(String(decoding: outcome.output, as: UTF8.self))
            context.console.status(outcome.complaint)
            return outcome.exitCode
        } catch is CancellationError {
            throw CommandFailure("cancelled", "stopped.")
        }
    }
}

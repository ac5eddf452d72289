import ChatService
import HTTPClient
import Support

/// `gepeto ask`: the whole path of a question in one process, the answer streamed.
enum AskCommand {
    static let verb = Verb(
        "ask", "the whole path in one process: the answer streamed, then its sources", operands: "QUESTION --course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course to ask"),
            Option("--mode", value: "MODE", "answer (default), hint, socratic or quiz"),
            Option("--json", "the finished answer as one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes:
            "GROQ_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY choose a language model; without one, passages are quoted.",
        run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        let text = arguments.operands.joined(separator: " ")
        guard !text.allSatisfy(\.isWhitespace) else { throw UsageError("what is the question?") }
        guard text.unicodeScalars.count <= 8_000 else { throw UsageError("a question has at most 8,000 characters.") }
        let mode = try arguments.choice("--mode", default: AnswerMode.answer)
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "ask", instead: "ask the API, or unset the setting to ask a folder here.")
        let course = try CourseFolder.courseID(arguments, configuration)
        let embedder = try Wiring.embedder(configuration)
        let library = CourseFolder(
            data: configuration.data, embedder: embedder,
            calibration: try Wiring.calibration(configuration, embedder))
        guard try await library.file(for: course) != nil else { throw library.unknown(course) }

        let log = Log(level: max(configuration.logLevel, .warning))
        let client = HTTPClient(log: log)
        let model = try Wiring.model(configuration, embedder: embedder, client: client, log: log)
        // One question without a conversation: only what is asked in another language is rewritten.
        let answerer = try Wiring.answerer(
            configuration, library: library, model: model,
            rewriter: try Wiring.rewriter(configuration, client: client, log: log), embedder: embedder, log: log)
        let console = context.console
        let streams = !arguments.has("--json")
        let outcome = await context.outcome {
            try await answerer.answer(Question(text: text, course: course, mode: mode)) { step in
                guard streams else { return }
                switch step {
                case .delta(_, let piece): console.write(piece)
                case .restarted: console.print("\n[the answer begins anew]\n")
                case .retrieving, .generating: break
                }
            }
        }
        await client.shutDown()
        let answer: Answer
        do {
            answer = try outcome.get()
        } catch let error as AnsweringError where error.code == .llmUnavailable {
            throw CommandFailure(
                error.label, "\(error) To set a model up: GROQ_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY.")
        }
        if streams { show(answer, console) } else { console.print(try JSONText.line(answer)) }
        return 0
    }

    private static func show(_ answer: Answer, _ console: Console) {
        console.print("\n")
        for citation in answer.citations {
            var place = citation.title
            if let section = citation.section { place += " › " + section }
            if let page = citation.page { place += citation.pageUnit == .slide ? ", slide \(page)" : ", p. \(page)" }
            if let within = citation.place { place += ", \(within)" }
            if citation.ocr == true { place += " (OCR)" }
            let verdict =
                switch citation.verdict {
                case .supported: ""
                case .partly: "  (supported in part only)"
                case .uncited, .unsupported: "  (not supported by the passage)"
                }
            console.print("[\(citation.marker)] \(place)\(verdict)")
            console.print("    “\(citation.quote.split(whereSeparator: \.isWhitespace).joined(separator: " "))”")
        }
        let meta = answer.metadata
        if meta.degraded { console.note("The language model could not be reached; passages are quoted instead.") }
        var line = "\(meta.provider)/\(meta.model), \(meta.latencyMs) ms"
        if meta.tokens > 0 { line += ", \(meta.tokens) tokens" }
        if let cost = meta.costUsd, cost > 0 { line += ", $\(cost)" }
        console.note(line)
    }
}

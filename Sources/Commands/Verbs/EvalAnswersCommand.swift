import ChatService
import CourseStore
import HTTPClient
import Support

/// `gepeto eval answers`: question sets through the whole path of an answer, without a server.
enum EvalAnswersCommand {
    static let verb = Verb(
        "eval answers",
        "whole answers on question sets: retrieval, refusals, citations, time and cost; two runs compared",
        operands: "--corpus F --questions F [F…]",
        options: [
            Option(
                "--corpus", value: "PATH", "corpus.jsonl, or a folder of documents; without it --course C of --data DIR"
            ),
            Option("--course", short: "-c", value: "C", "the course to ask, where it is there already"),
            Option("--questions", value: "FILE", "a file of questions; more of them may follow"),
            Option("--outside", value: "FILE", "questions of another course, which this one cannot answer"),
            Option("--sample", value: "N", "ask N questions of each file, drawn by --seed"),
            Option("--seed", value: "S", "what the sample is drawn by (default 1)"),
            Option("--half", value: "HALF", "even or odd: the questions on articles whose name has such a hash"),
            Option("--limit", value: "N", "ask the first N questions of all"),
            Option("--provider", value: "LIST", "the models, instead of GEPETO_LLM"),
            Option("--at-once", value: "N", "questions under way at a time, 1 to 64 (default 2)"),
            Option("--report", value: "FILE", "write the report as one JSON object into this file"),
            Option("--texts", "keep the texts of the answers in the report"),
            Option("--json", "the report, or the comparison, as one JSON object instead of a table"),
            Option("--compare", value: "A.json", "compare two reports: --compare A.json B.json"),
            Option("--data", value: "DIR", "keep the index in this folder (default: a temporary one)"),
        ],
        notes: """
            Question files: a course's own ({"id", "question", "kind", "documents", "answer", "quote", "history"} a line);
            queries.jsonl beside qrels.tsv and, for gold answers, answers.jsonl; unanswerable.jsonl ({"_id", "text", "doc"}).
            A comparison pairs the questions that both reports have; its intervals hold 95 of 100 (paired bootstrap, 2,000
            resamples, seed 1). The report's fields: docs/evaluation.md. Questions that failed are counted, and in no figure;
            with any of them the exit code is 1.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        if let first = arguments["--compare"] {
            guard arguments.operands.count == 1 else {
                throw UsageError("two reports are compared: --compare A.json B.json")
            }
            let comparison = try await EvalAnswersReport.compare(
                first, arguments.operands[0], context)
            context.console.write(
                arguments.has("--json")
                    ? try JSONText.line(comparison) + "\n"
                    : EvalAnswersReport.table(comparison, first, arguments.operands[0]))
            return 0
        }
        guard let first = arguments["--questions"] else { throw UsageError("which questions? Say --questions FILE.") }
        guard arguments["--corpus"] != nil || arguments["--course"] != nil else {
            throw UsageError("about what? Say --corpus corpus.jsonl, --corpus FOLDER or --course C.")
        }
        let atOnce = try arguments.integer("--at-once", in: 1...64, default: 2)
        let files = [first] + arguments.operands
        let questions = try await self.questions(in: files, arguments)
        let configuration = try Configuration(arguments, context)
        let bar = ProgressBar(console: context.console)
        defer { bar.clear() }
        let outcome = await context.outcome {
            let corpus = try await EvalAnswersCorpus(arguments, configuration, context) { bar.show($0, "documents") }
            bar.clear()
            return try await report(
                questions, on: corpus, files: files + [arguments["--outside"]].compactMap { $0 }, atOnce: atOnce,
                arguments, configuration
            ) { done, all in
                bar.update(fraction: Double(done) / Double(all), details: "\(done) of \(all) questions")
            }
        }
        let made: AnswerReport
        do {
            made = try outcome.get()
        } catch is CancellationError {
            throw CommandFailure("cancelled", "stopped; nothing was written.")
        }
        bar.clear()
        if let path = arguments["--report"] { try EvalAnswersReport.write(made, to: path) }
        context.console.write(
            arguments.has("--json") ? try JSONText.line(made) + "\n" : EvalAnswersReport.table(made))
        return made.errors.isEmpty ? 0 : 1
    }

    private static func questions(in files: [String], _ arguments: Arguments) async throws -> [EvaluationQuestion] {
        let sample = try arguments.integer("--sample", in: 0...QuestionSet.limit, default: 0)
        let seed = UInt64(try arguments.integer("--seed", in: 0...Int.max, default: 1))
        let limit = try arguments.integer("--limit", in: 1...QuestionSet.limit, default: QuestionSet.limit)
        let half = try arguments["--half"].map { _ in try arguments.choice("--half", default: Half.even) }
        var all = QuestionSet()
        for (file, isOutside) in files.map({ ($0, false) })
            + [arguments["--outside"]].compactMap({ $0 }).map({ ($0, true) })
        {
            var set = QuestionSet()
            try await set.add(file: file, isOutside: isOutside)
            if let half, !isOutside { set.keepHalf(even: half == .even) }
            if sample > 0 { set.sample(sample, seed: seed) }
            try all.add(set, of: file)
        }
        all.keepFirst(limit)
        guard !all.questions.isEmpty else {
            throw CommandFailure("no_question", "no question is left to ask; check --half and --limit.")
        }
        return all.questions
    }

    private enum Half: String, CaseIterable { case even, odd }

    private static func report(
        _ questions: [EvaluationQuestion], on corpus: EvalAnswersCorpus, files: [String], atOnce: Int,
        _ arguments: Arguments, _ configuration: Configuration, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> AnswerReport {
        guard let course = try await corpus.library.file(for: corpus.course) else {
            throw corpus.library.unknown(corpus.course)
        }
        let log = Log(level: max(configuration.logLevel, .warning))
        let client = HTTPClient(log: log)
        let model = try Wiring.model(configuration, embedder: corpus.embedder, client: client, log: log)
        let answerer = try Wiring.answerer(
            configuration, library: corpus.library, model: model,
            rewriter: try Wiring.rewriter(configuration, client: client, log: log), embedder: corpus.embedder, log: log)
        var settings = AnswerEvaluation.Settings()
        settings.atOnce = atOnce
        settings.keepsTexts = arguments.has("--texts")
        let evaluation = AnswerEvaluation(answerer: answerer, course: corpus.course, settings: settings)
        let time = SystemTime()
        let start = time.elapsed
        let outcome = await Task { try await evaluation.run(questions) { progress($0, questions.count) } }.result
        await client.shutDown()
        let counts = try await course.counts()
        let sample = try arguments.integer("--sample", in: 0...QuestionSet.limit, default: 0)
        return AnswerReport(
            records: try outcome.get(), program: Gepeto.version, corpus: corpus.name, questionFiles: files,
            models: try configuration.providers(), documents: counts.documents, chunks: counts.chunks,
            sample: sample > 0 ? sample : nil,
            seed: sample > 0 ? UInt64(try arguments.integer("--seed", in: 0...Int.max, default: 1)) : nil,
            atOnce: atOnce, seconds: (time.elapsed - start).inSeconds)
    }
}

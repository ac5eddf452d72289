import CourseStore
import Ingest
import Retrieval
import Support

/// `gepeto eval`: retrieval quality on a judged set in BEIR form.
enum EvalCommand {
    static let verb = Verb(
        "eval", "retrieval quality on a judged set: nDCG@10, recall and MRR as JSON",
        operands: "--corpus F --queries F --qrels F",
        options: [
            Option("--corpus", value: "FILE", "corpus.jsonl: {\"_id\", \"title\", \"text\"} a line"),
            Option("--queries", value: "FILE", "queries.jsonl: {\"_id\", \"text\"} a line"),
            Option("--qrels", value: "FILE", "qrels.tsv: query-id, corpus-id, score"),
            Option("--mode", value: "MODE", "hybrid (default), vector or lexical"),
            Option("--all-modes", "one line for each mode, and one for hybrid without a closer look at the best"),
            Option("--no-rerank", "hybrid without a closer look at the best"),
            Option("--signals", "what the closer look sees of each query's best chunks: a line a query"),
            Option("--whole", "one vector a document, cut at the model's window, instead of chunks"),
            Option("--data", value: "DIR", "keep the index in this folder (default: a temporary one)"),
        ], notes: "'gepeto eval answers --help': whole answers instead of rankings.", run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty, let corpus = arguments["--corpus"], let queries = arguments["--queries"],
            let judgements = arguments["--qrels"]
        else { throw UsageError("--corpus, --queries and --qrels are needed.") }
        let reranker: Reranker? = arguments.has("--no-rerank") ? nil : .standard
        let runs: [(mode: SearchMode, reranker: Reranker?)] =
            arguments.has("--all-modes")
            ? [(.hybrid, .standard), (.hybrid, nil), (.vector, nil), (.lexical, nil)]
            : [(try arguments.choice("--mode", default: SearchMode.hybrid), reranker)]
        let configuration = try Configuration(arguments, context)
        let evaluation = Evaluation(corpus: corpus, queries: queries, judgements: judgements)
        try await evaluation.check()
        let embedder = try Wiring.embedder(configuration)
        let temporary = arguments["--data"] == nil ? try TemporaryFolder() : nil
        let folder = CourseFolder(data: temporary?.path ?? configuration.data, embedder: embedder)
        // Another way of cutting is another index.
        let course = try CourseID(arguments.has("--whole") ? "evaluation-whole" : "evaluation")
        guard let file = try await folder.madeFile(for: course) else { throw folder.unknown(course) }
        let chunker = Chunker(embedder: embedder)
        let cut: @Sendable (EvaluationDocument) throws -> [Evaluation.Piece] =
            arguments.has("--whole") ? Evaluation.whole : { pieces(of: $0, chunker) }

        let bar = ProgressBar(console: context.console)
        defer { bar.clear() }
        let outcome = await context.outcome {
            try await evaluation.index(into: file, embedder: embedder, cut: cut) { bar.show($0, "documents") }
            if arguments.has("--signals") {
                return try await evaluation.signals(on: file, embedder: embedder) {
                    context.console.print(try JSONText.line($0))
                }
            }
            for (mode, reranker) in runs {
                let result = try await evaluation.run(on: file, embedder: embedder, mode: mode, reranker: reranker) {
                    bar.show($0, "queries, \(mode.rawValue)")
                }
                bar.clear()
                context.console.print(try JSONText.line(result))
            }
        }
        try outcome.get()
        return 0
    }

    /// As ingestion cuts a text file; an empty document stays one empty piece, so that it counts.
    static func pieces(of document: EvaluationDocument, _ chunker: Chunker) -> [Evaluation.Piece] {
        let chunks = chunker.chunks(of: .plainText(document.text), title: document.title)
        guard !chunks.isEmpty else { return Evaluation.whole(document) }
        return chunks.map { chunk in
            Evaluation.Piece(
                chunk: NewChunk(
                    text: chunk.text, section: chunk.section, pages: nil, offset: chunk.offset,
                    tokenCount: chunk.tokenCount),
                vectorText: chunk.embeddedText)
        }
    }
}

extension ProgressBar {
    func show(_ progress: EvaluationProgress, _ what: String) {
        update(fraction: progress.fraction, details: "\(progress.done) \(what)")
    }
}

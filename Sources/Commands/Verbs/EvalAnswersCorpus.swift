import ChatService
import CourseStore
import Embedding
import Extraction
import Glibc
import Ingest
import Retrieval
import Support

/// The course that `gepeto eval answers` asks: one that is there, or made of a corpus or of a folder of documents.
struct EvalAnswersCorpus: Sendable {
    let library: CourseFolder
    let course: CourseID
    let embedder: SentenceEmbedder
    /// As the report names it.
    let name: String
    /// Deleted with the value.
    private let temporary: TemporaryFolder?

    /// - Throws: `UsageError`, `CommandFailure`, `EvaluationError`; `CancellationError`.
    init(
        _ arguments: Arguments, _ configuration: Configuration, _ context: Context,
        progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) async throws {
        embedder = try Wiring.embedder(configuration)
        guard let corpus = arguments["--corpus"] else {
            temporary = nil
            course = try CourseFolder.courseID(arguments, configuration)
            library = CourseFolder(data: configuration.data, embedder: embedder)
            name = course.name
            guard try await library.file(for: course) != nil else { throw library.unknown(course) }
            return
        }
        name = corpus
        let ownFolder = arguments["--data"] == nil ? try TemporaryFolder() : nil
        temporary = ownFolder
        let data = ownFolder?.path ?? configuration.data
        library = CourseFolder(data: data, embedder: embedder)
        course = try CourseID(arguments["--course"] ?? "evaluation")
        guard let file = try await library.madeFile(for: course) else { throw library.unknown(course) }
        var status = stat()
        guard stat(corpus, &status) == 0 else {
            throw EvaluationError.cannotRead(file: corpus, reason: String(cString: strerror(errno)))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            try await Self.ingest(corpus, into: file, embedder, data: data, context, progress)
        } else {
            let chunker = Chunker(embedder: embedder)
            try await Evaluation(corpus: corpus, queries: "", judgements: "").index(
                into: file, embedder: embedder, cut: { EvalCommand.pieces(of: $0, chunker) }, progress: progress)
        }
        guard try await file.counts().documents > 0 else {
            throw CommandFailure("empty_corpus", "\(corpus) holds no document that can be asked about.")
        }
    }

    /// As `gepeto ingest` does it. A document that fails is an error: figures about another course than the one that was
    /// named would mislead.
    private static func ingest(
        _ folder: String, into file: CourseFile, _ embedder: SentenceEmbedder, data: String, _ context: Context,
        _ progress: @escaping @Sendable (EvaluationProgress) -> Void
    ) async throws {
        let ingester = Ingester(
            course: file, embedder: embedder, extraction: ExtractionProcess(executable: context.executable),
            originals: data + "/originals", log: .silent)
        let report = try await ingester.ingest(paths: [folder]) { state in
            progress(EvaluationProgress(phase: .indexing, done: state.filesDone, fraction: state.fraction ?? 0))
        }
        guard report.count(.failed) == 0 else {
            throw CommandFailure(
                "documents_failed",
                "\(report.count(.failed)) documents of \(folder) could not be read; 'gepeto ingest' says which and why."
            )
        }
    }
}

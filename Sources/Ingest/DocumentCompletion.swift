import CourseStore
import Embedding
import Extraction
import Support

/// The second half of a document's way: embed; then write and check in one transaction.
struct DocumentCompletion: Sendable {
    /// What became of a document.
    struct Completed: Sendable {
        enum Outcome: Sendable {
            case added, replaced, unchanged
            /// It has taken the document of this path along: its file was renamed.
            case renamed(from: String)
            case duplicate(of: Document)
        }

        let document: Document
        let report: DocumentReport
        let outcome: Outcome
    }

    /// The course has the content under another name, seen only when the document was written.
    private struct Twin: Error {}

    /// How often the course may change under a document before it is given up.
    private static let tries = 3

    let course: CourseFile
    let embedder: any Embedder
    let preparation: DocumentPreparation
    /// Chunks that are embedded at a time.
    let batchSize: Int
    /// Called with the id of each document that is new to the course.
    let beforeNew: @Sendable (_ documentID: String) async throws -> Void
    let time: any TimeSource

    /// - Throws: `IngestError`; what the store and the embedder throw; `CancellationError`. The course is then as before.
    func complete(
        _ outcome: DocumentPreparation.Outcome, of file: FileWalk.Found,
        progress: @Sendable (DocumentProgress) -> Void
    ) async throws -> Completed {
        var outcome = outcome
        for _ in 0..<Self.tries {
            switch outcome {
            case .unchanged(let document):
                return Completed(document: document, report: try await report(of: document), outcome: .unchanged)
            case .known(let hash):
                if let completed = try await takeOver(hash, for: file) { return completed }
                outcome = try await preparation.prepare(file, evenIfKnown: true)
            case .ready(let prepared):
                let hash = prepared.document.contentHash
                if !prepared.replacesSame, let completed = try await takeOver(hash, for: file) { return completed }
                let outdated = try await course.documents(contentHash: hash).map(\.id)
                do {
                    return try await store(prepared, of: file, besides: Set(outdated), progress: progress)
                } catch is Twin {
                    outcome = .known(hash: hash)
                }
            }
        }
        throw IngestError.changedMeanwhile
    }

    // MARK: Content that is there

    /// Nothing needs to be read when the file's content is in the course under another name: either the file was
    /// renamed, or there are two of it. Nil when there is no such document, or its own file has changed since.
    private func takeOver(_ hash: String, for file: FileWalk.Found) async throws -> Completed? {
        let blocking = BlockingQueue(label: "file of the same content")
        for same in try await course.documents(contentHash: hash) {
            if same.path == file.name {
                return Completed(document: same, report: try await report(of: same), outcome: .unchanged)
            }
            switch try await blocking.run({ DocumentSource(same).state(seenFrom: file.root) }) {
            case .changed: continue
            case .gone:
                guard let renamed = try await rename(same, to: file) else { continue }
                return Completed(
                    document: renamed, report: try await report(of: renamed), outcome: .renamed(from: same.path))
            case .there:
                // What the file of a folder held before is in it no more. An upload is turned away instead: the course
                // keeps the version that students have.
                if !file.root.isEmpty, let former = try await course.document(path: file.name) {
                    try await course.remove(documentID: former.id)
                }
                return Completed(document: same, report: try await report(of: same), outcome: .duplicate(of: same))
            }
        }
        return nil
    }

    /// A title that was made of the name follows the name; the vectors keep the former one.
    private func rename(_ document: Document, to file: FileWalk.Found) async throws -> Document? {
        let isOwnTitle = document.title != DocumentPreparation.title(fromName: document.path)
        return try await course.rename(
            documentID: document.id, path: file.name,
            title: isOwnTitle ? document.title : DocumentPreparation.title(fromName: file.name), root: file.root)
    }

    private func report(of document: Document) async throws -> DocumentReport {
        try await course.report(documentID: document.id) ?? DocumentReport(document)
    }

    // MARK: New content

    /// - Parameter outdated: documents of the same content whose files hold something else by now.
    private func store(
        _ prepared: PreparedDocument, of file: FileWalk.Found, besides outdated: Set<String>,
        progress: @Sendable (DocumentProgress) -> Void
    ) async throws -> Completed {
        let start = time.elapsed
        let chunks = prepared.chunks
        if !prepared.replacesOne { try await beforeNew(course.documentID(ofPath: file.name)) }
        let vectors = try await embed(chunks, progress)
        progress(DocumentProgress(state: .checking, chunksDone: chunks.count, chunks: chunks.count))
        let check = SelfCheck(chunks: chunks, dimension: course.space.dimension)
        try check.check(vectors)
        let stored = try await withOriginal(of: file, prepared.document.contentHash) {
            try await course.replace(
                prepared.document, chunks: chunks.map(NewChunk.init), vectors: vectors
            ) { [time] written in
                if !prepared.replacesSame, try written.hasTwin(besides: outdated) { throw Twin() }
                let found = try check.check(written, contentHash: prepared.document.contentHash, vectors)
                let seconds = prepared.seconds + (time.elapsed - start).inSeconds
                try written.keep(prepared.report(seconds: seconds, selfCheck: found))
            }
        }
        return Completed(
            document: stored, report: try await report(of: stored),
            outcome: prepared.replacesOne ? .replaced : .added)
    }

    /// Runs `commit` while the original is there to stay: since it was kept, a server may have let it go with the last
    /// document that had it.
    private func withOriginal(
        of file: FileWalk.Found, _ hash: String, _ commit: () async throws -> Document
    ) async throws -> Document {
        guard let originals = preparation.originals else { return try await commit() }
        return try await originals.whileNoneIsRemoved {
            try await preparation.keepOriginal(file, hash)
            return try await commit()
        }
    }

    private func embed(
        _ chunks: [DocumentChunk], _ progress: @Sendable (DocumentProgress) -> Void
    ) async throws -> [Float] {
        progress(DocumentProgress(state: .embedding, chunks: chunks.count))
        var vectors: [Float] = []
        vectors.reserveCapacity(chunks.count * embedder.space.dimension)
        for first in stride(from: 0, to: chunks.count, by: max(batchSize, 1)) {
            try Task.checkCancellation()
            let batch = chunks[first..<min(first + max(batchSize, 1), chunks.count)]
            vectors += try await embedder.embed(batch.map(\.embeddedText), priority: .background)
            progress(DocumentProgress(state: .embedding, chunksDone: batch.endIndex, chunks: chunks.count))
        }
        return vectors
    }
}

extension NewChunk {
    fileprivate init(_ chunk: DocumentChunk) {
        self.init(
            text: chunk.text, section: chunk.section, pages: chunk.pages, offset: chunk.offset,
            tokenCount: chunk.tokenCount, place: chunk.place, recognised: chunk.recognised,
            locations: chunk.locations)
    }
}

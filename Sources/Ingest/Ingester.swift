import CourseStore
import Embedding
import Extraction
import Support

/// Brings files and folders into a course: what is new or changed is read, cut, embedded, stored and checked.
///
/// Each document is one transaction: readers see its old version until the new one is whole, and a run that is killed
/// leaves nothing half-done and may simply be run again. The failure of one file never stops the others.
package struct Ingester: Sendable {
    private let course: CourseFile
    private let embedder: any Embedder
    private let preparation: DocumentPreparation
    private let originals: OriginalStore?
    private let options: Options
    private let log: Log
    private let time: any TimeSource

    package struct Options: Sendable {
        /// Takes documents that are no longer in an ingested folder out of the course.
        package var removesVanished = false
        /// Takes unchanged documents in again, after a change of gepeto's own reading for example.
        package var again = false
        /// Documents that are read ahead while another is embedded.
        package var lookAhead = 2
        /// Chunks that are embedded at a time.
        package var batchSize = 32

        package init() {}
    }

    /// - Parameters:
    ///   - extraction: an `ExtractionProcess`, except in tests.
    ///   - originals: the folder in which originals are kept by content hash; nil keeps none.
    package init(
        course: CourseFile, embedder: any Embedder, extraction: any DocumentExtraction, originals: String? = nil,
        options: Options = Options(), log: Log, time: any TimeSource = SystemTime()
    ) {
        self.course = course
        self.embedder = embedder
        self.originals = originals.map(OriginalStore.init)
        self.options = options
        self.log = log
        self.time = time
        preparation = DocumentPreparation(
            course: course, chunker: Chunker(embedder: embedder), extraction: extraction, originals: self.originals,
            again: options.again)
    }

    /// - Parameter progress: called often, from any thread, in order; must be quick.
    /// - Throws: `IngestError` when there is nothing to ingest or too much; `CancellationError`; what the store throws
    ///   when it cannot be read at all. What concerns one file is in the report instead.
    package func ingest(
        paths: [String], progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async throws -> IngestReport {
        let meter = ProgressMeter(time: time, report: progress)
        let originals = originals
        let blocking = BlockingQueue(label: "file walk")
        let walk = try await blocking.run { () throws(IngestError) in
            originals?.sweep()
            return try FileWalk(paths: paths)
        }
        guard !walk.files.isEmpty || !walk.failures.isEmpty else { throw IngestError.nothingToIngest(paths) }
        let documents = try await course.documents()
        let names = try await blocking.run { DocumentNames(walk.files, documents: documents) }
        meter.begin(files: walk.files.count + walk.failures.count, bytes: names.files.reduce(0) { $0 + $1.byteCount })
        var reports: [FileReport] = []
        for failure in walk.failures + names.failures {
            reports.append(.failed(failure.name, failure.error.label, failure.error.description))
            meter.endFile(reports[reports.count - 1])
        }
        reports += try await ingest(names.files, meter)
        reports += walk.skipped.map(FileReport.skipped)
        let (vanished, unseen) = try await missing(walk, names)
        var removed: [String] = []
        if options.removesVanished {
            for document in vanished where try await course.remove(documentID: document.id) {
                removed.append(document.path)
            }
        }
        meter.end()
        return IngestReport(
            files: reports, vanished: vanished.map(\.path), unseen: unseen.map(\.path), removed: removed,
            seconds: meter.secondsSinceStart)
    }

    // MARK: The pipeline

    private typealias Preparing = (index: Int, result: Result<DocumentPreparation.Outcome, any Error>)

    /// Prepares a few files ahead while one is embedded; takes them up in their order.
    private func ingest(_ files: [FileWalk.Found], _ meter: ProgressMeter) async throws -> [FileReport] {
        try await withThrowingTaskGroup(of: Preparing.self) { group in
            var reports: [FileReport] = []
            var prepared: [Int: Result<DocumentPreparation.Outcome, any Error>] = [:]
            var next = 0
            var trouble = CommonTrouble()
            for (index, file) in files.enumerated() {
                try Task.checkCancellation()
                meter.beginFile(file.name, bytes: file.byteCount)
                if let stop = trouble.stop {
                    reports.append(.failed(file.name, stop.label, "Not tried: \(stop.sentence)"))
                    meter.endFile(reports[index])
                    continue
                }
                let start = meter.secondsSinceStart
                while next < files.count, next <= index + max(options.lookAhead, 1) {
                    let (number, file) = (next, files[next])
                    group.addTask { await prepare(number, file) }
                    next += 1
                }
                while prepared[index] == nil, let done = try await group.next() { prepared[done.index] = done.result }
                var report: FileReport
                do {
                    guard let result = prepared.removeValue(forKey: index) else { throw CancellationError() }
                    report = try await finish(result.get(), meter, start: start)
                    trouble.passed()
                } catch let error as CancellationError {
                    throw error
                } catch {
                    try Task.checkCancellation()
                    trouble.met(error)
                    log.debug("document not ingested", ["reason": error.label])
                    report = .failed(
                        file.name, error.label, error.sentence, seconds: meter.secondsSinceStart - start)
                }
                reports.append(report)
                meter.endFile(report)
            }
            return reports
        }
    }

    /// The first half of a document's way: read and cut.
    private func prepare(_ index: Int, _ file: FileWalk.Found) async -> Preparing {
        do { return (index, .success(try await preparation.prepare(file))) } catch { return (index, .failure(error)) }
    }

    /// The second half of a document's way: embed; then write and check in one transaction.
    private func finish(
        _ outcome: DocumentPreparation.Outcome, _ meter: ProgressMeter, start: Double
    ) async throws -> FileReport {
        switch outcome {
        case .unchanged(let document):
            return FileReport(
                path: document.path, outcome: .unchanged, reason: nil, reasonLabel: nil, pages: document.pageCount,
                emptyPages: [], chunks: 0, characters: document.characterCount, warnings: document.warnings,
                seconds: meter.secondsSinceStart - start)
        case .ready(let prepared):
            let vectors = try await embed(prepared.chunks, meter)
            try SelfCheck.check(vectors, of: prepared.chunks, dimension: course.space.dimension)
            meter.beginStoring()
            let stored = try await course.replace(
                prepared.document, chunks: prepared.chunks.map(NewChunk.init), vectors: vectors
            ) { written in
                try SelfCheck.check(
                    written, contentHash: prepared.document.contentHash, prepared.chunks, vectors)
            }
            log.debug("document ingested", ["document": stored.id, "chunks": "\(stored.chunkCount)"])
            return FileReport(
                path: stored.path, outcome: prepared.replacesOne ? .replaced : .added, reason: nil, reasonLabel: nil,
                pages: stored.pageCount, emptyPages: prepared.emptyPages, chunks: stored.chunkCount,
                characters: stored.characterCount, warnings: stored.warnings,
                seconds: meter.secondsSinceStart - start)
        }
    }

    private func embed(_ chunks: [DocumentChunk], _ meter: ProgressMeter) async throws -> [Float] {
        meter.beginEmbedding(chunks: chunks.count)
        var vectors: [Float] = []
        vectors.reserveCapacity(chunks.count * embedder.space.dimension)
        for first in stride(from: 0, to: chunks.count, by: max(options.batchSize, 1)) {
            try Task.checkCancellation()
            let batch = chunks[first..<min(first + max(options.batchSize, 1), chunks.count)]
            let before = time.elapsed
            vectors += try await embedder.embed(batch.map(\.embeddedText))
            meter.embedded(batch.count, seconds: (time.elapsed - before).inSeconds)
        }
        return vectors
    }

    /// Documents that the folders of this run no longer hold, and those that it could not look for.
    private func missing(
        _ walk: FileWalk, _ names: DocumentNames
    ) async throws -> (vanished: [Document], unseen: [Document]) {
        var places = walk.places
        for (root, other) in names.movedRoots { places.moved(root, to: other) }
        let present = Set(names.files.map(\.name))
        var vanished: [Document] = []
        var unseen: [Document] = []
        for document in try await course.documents() where !present.contains(document.path) {
            switch places.sight(of: document) {
            case .elsewhere: break
            case .unseen: unseen.append(document)
            case .gone: vanished.append(document)
            }
        }
        return (vanished, unseen)
    }
}

/// Notices trouble that is not of one file: a full disk, a broken model. After it met two files in a row the rest is
/// not tried.
private struct CommonTrouble {
    private var last: (any Error)?
    private(set) var stop: (any Error)?

    mutating func passed() { last = nil }

    mutating func met(_ error: any Error) {
        guard !(error is IngestError) else { return passed() }
        if last != nil { stop = error }
        last = error
    }
}

extension NewChunk {
    fileprivate init(_ chunk: DocumentChunk) {
        self.init(
            text: chunk.text, section: chunk.section, pages: chunk.pages, offset: chunk.offset,
            tokenCount: chunk.tokenCount)
    }
}

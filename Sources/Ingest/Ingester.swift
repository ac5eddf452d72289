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
    let preparation: DocumentPreparation
    let completion: DocumentCompletion
    let originals: OriginalStore?
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
        /// Bytes of text read ahead beyond which no further document is.
        package var lookAheadBytes = 64 << 20
        /// Chunks that are embedded at a time.
        package var batchSize = 32
        /// Called with the id of each document that is new to the course, before anybody can see it; when it throws, the
        /// document is not taken in.
        package var beforeNew: @Sendable (_ documentID: String) async throws -> Void = { _ in }

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
        self.originals = originals.map(OriginalStore.init(folder:))
        self.options = options
        self.log = log
        self.time = time
        preparation = DocumentPreparation(
            course: course, chunker: Chunker(embedder: embedder), extraction: extraction, originals: self.originals,
            again: options.again, time: time)
        completion = DocumentCompletion(
            course: course, embedder: embedder, preparation: preparation, batchSize: options.batchSize,
            beforeNew: options.beforeNew, time: time)
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
                while next < files.count, next <= index + max(options.lookAhead, 1),
                    next <= index || prepared.values.reduce(0, { $0 + $1.byteCount }) < options.lookAheadBytes
                {
                    let (number, file) = (next, files[next])
                    group.addTask { await prepare(number, file) }
                    next += 1
                }
                while prepared[index] == nil, let done = try await group.next() { prepared[done.index] = done.result }
                var report: FileReport
                do {
                    guard let result = prepared.removeValue(forKey: index) else { throw CancellationError() }
                    let completed = try await completion.complete(result.get(), of: file) { meter.note($0) }
                    log.debug("document ingested", ["document": completed.document.id])
                    report = FileReport(completed, path: file.name, seconds: meter.secondsSinceStart - start)
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

extension Result where Success == DocumentPreparation.Outcome {
    /// About the memory that a document takes until it is embedded.
    fileprivate var byteCount: Int {
        guard case .success(.ready(let prepared)) = self else { return 0 }
        return prepared.byteCount
    }
}

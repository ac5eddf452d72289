import CourseStore
import Extraction
import Glibc
import Support

extension Ingester {
    /// Brings one file into the course, for a job.
    ///
    /// Cancelling the task ends the extractor's process, or stops before the next batch of vectors; a write once begun
    /// is finished.
    /// - Parameters:
    ///   - file: where it is, under any name.
    ///   - name: its name in the course; a document of that name is replaced.
    ///   - root: the folder that it belongs to; empty for an upload.
    ///   - progress: called often, from any thread, in order; must be quick.
    /// - Throws: `IngestError`; what the store and the embedder throw; `CancellationError`. The course is then as before.
    package func ingest(
        file: String, as name: String, root: String = "",
        progress: @escaping @Sendable (DocumentProgress) -> Void = { _ in }
    ) async throws -> IngestedDocument {
        progress(DocumentProgress(state: .extracting))
        let named = try await BlockingQueue(label: "file name").run { () throws(IngestError) in
            try NamedFile(file, as: name)
        }
        defer { named.remove() }
        let found = FileWalk.Found(path: named.path, name: name, byteCount: named.byteCount, root: root)
        let prepared = try await preparation.prepare(found) { pages in
            progress(
                DocumentProgress(state: .extracting, pagesDone: pages.pagesDone, pagesTotal: pages.pagesTotal))
        }
        let completed = try await completion.complete(prepared, of: found, progress: progress)
        return IngestedDocument(
            document: completed.document, report: completed.report, outcome: .init(completed.outcome))
    }
}

extension IngestedDocument.Outcome {
    fileprivate init(_ outcome: DocumentCompletion.Completed.Outcome) {
        self =
            switch outcome {
            case .added: .added
            case .replaced: .replaced
            case .unchanged, .renamed: .unchanged
            case .duplicate(let other): .duplicate(of: other)
            }
    }
}

/// A file under a name that ends like the document's: some formats are told apart by that alone. An upload waits under
/// another name.
private struct NamedFile {
    let path: String
    let byteCount: Int
    private let isLink: Bool

    init(_ file: String, as name: String) throws(IngestError) {
        var information = stat()
        guard stat(file, &information) == 0 else { throw .unreadable(FileReading.reason(errno)) }
        guard information.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is not a regular file") }
        byteCount = Int(information.st_size)
        let suffix = DocumentType.fileExtension(of: name)
        guard suffix != DocumentType.fileExtension(of: file) else {
            (path, isLink) = (file, false)
            return
        }
        let folder = CanonicalPath.ofParent(file)
        let link = "\(folder)/\(OriginalStore.linkPrefix)\(RandomIdentifier.make())"
        path = suffix.isEmpty ? link : link + "." + suffix
        guard Glibc.link(file, path) == 0 else { throw .unreadable(FileReading.reason(errno)) }
        isLink = true
    }

    func remove() {
        if isLink { unlink(path) }
    }
}

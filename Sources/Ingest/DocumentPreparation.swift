import CourseStore
import Embedding
import Extraction
import Glibc
import Support

/// The first half of a document's way: hash, extract, keep the original, cut into chunks.
struct DocumentPreparation: Sendable {
    enum Outcome: Sendable {
        case ready(PreparedDocument)
        /// The course has this very content under this name.
        case unchanged(Document)
        /// The course has this very content under another name.
        case known(hash: String)
    }

    let course: CourseFile
    let chunker: Chunker
    let extraction: any DocumentExtraction
    let originals: OriginalStore?
    /// Takes unchanged documents in again.
    let again: Bool
    let time: any TimeSource

    /// - Parameter evenIfKnown: reads the file also when the course has its content under another name.
    /// - Throws: `IngestError`; what the store throws; `CancellationError`.
    func prepare(
        _ file: FileWalk.Found, evenIfKnown: Bool = false,
        progress: @escaping @Sendable (ExtractionProgress) -> Void = { _ in }
    ) async throws -> Outcome {
        let start = time.elapsed
        let blocking = BlockingQueue(label: "document preparation")
        guard file.byteCount > 0 else { throw IngestError.empty }
        guard file.byteCount <= DocumentExtractor.fileLimit else {
            throw IngestError.tooLarge("The file", limit: "\(DocumentExtractor.fileLimit / 1_000_000) MB")
        }
        let before = try FileStamp(file.path)
        let hash = try await blocking.run { try FileReading.hash(of: file.path) }
        let old = try await course.document(path: file.name)
        let isSame = old?.contentHash == hash
        if let old, isSame, !again {
            if old.root != file.root { try await course.setRoot(file.root, documentID: old.id) }
            try await keepOriginal(file, hash)
            return .unchanged(old)
        }
        if !isSame, !evenIfKnown, try await course.document(contentHash: hash) != nil {
            try await keepOriginal(file, hash)
            return .known(hash: hash)
        }

        try Task.checkCancellation()
        let extraction = try await extraction.extract(path: file.path, progress: progress)
        let document = extraction.document
        guard try FileStamp(file.path) == before else { throw IngestError.changedMeanwhile }
        try await keepOriginal(file, hash)
        try Task.checkCancellation()
        let title = document.title ?? Self.title(fromName: file.name)
        let chunks = try await blocking.run { chunker.chunks(of: document, title: title) }
        guard !chunks.isEmpty else { throw IngestError.blank }
        let new = NewDocument(
            path: file.name, title: title, contentHash: hash, byteCount: before.byteCount,
            mediaType: document.mediaType, language: document.language, pageCount: document.pageCount,
            characterCount: document.text.unicodeScalars.count,
            warnings: document.warnings + SearchWarnings.of(document.text, chunks: chunks.map(\.text)),
            root: file.root, pageUnit: document.pageUnit)
        return .ready(
            PreparedDocument(
                document: new, chunks: chunks, emptyPages: document.emptyPages,
                recognisedPages: document.recognisedPages, replacesOne: old != nil, replacesSame: isSame,
                extractionSeconds: extraction.seconds, seconds: (time.elapsed - start).inSeconds,
                peakMemory: extraction.peakMemory))
    }

    /// Also of content that the course has: an original that was lost comes back.
    func keepOriginal(_ file: FileWalk.Found, _ hash: String) async throws {
        guard let originals else { return }
        try await BlockingQueue(label: "original").run { try originals.keep(file.path, hash: hash) }
    }

    /// `aulas/03-lista_de_exercicios.pdf` → `03 lista de exercicios`.
    static func title(fromName name: String) -> String {
        let last = FileWalk.lastComponent(name)
        let suffix = DocumentType.fileExtension(of: last)
        let stem = suffix.isEmpty ? last : String(last.dropLast(suffix.count + 1))
        let words = stem.split { $0 == "_" || $0 == "-" || $0 == " " }
        return words.isEmpty ? last : words.joined(separator: " ")
    }
}

/// What changes when a file is written to.
private struct FileStamp: Equatable {
    let byteCount: Int
    private let seconds: Int
    private let nanoseconds: Int
    private let inode: UInt

    init(_ path: String) throws(IngestError) {
        var information = stat()
        guard stat(path, &information) == 0 else { throw .unreadable(FileReading.reason(errno)) }
        byteCount = Int(information.st_size)
        seconds = information.st_mtim.tv_sec
        nanoseconds = information.st_mtim.tv_nsec
        inode = UInt(information.st_ino)
    }
}

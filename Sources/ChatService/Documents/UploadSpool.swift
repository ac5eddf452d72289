import FoundationEssentials
import Glibc
import Support

/// A file on its way in: written to disk beside the originals as it arrives, and hashed on the way.
///
/// Never more than one piece of it is in memory. Unless it is finished and taken, the file is gone with this object.
actor UploadSpool {
    /// A file that arrived whole and is on disk.
    struct Whole: Sendable, Equatable {
        let path: String
        /// SHA-256, in hexadecimal.
        let hash: String
        let byteCount: Int
    }

    /// Names of such files begin so; what a killed server left is known by it.
    private static let prefix = ".upload-"

    private nonisolated let executor = SerialQueueExecutor(label: "upload")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    nonisolated let path: String
    private let limit: Int
    private var descriptor: Int32 = -1
    private var digest: SHA256? = SHA256()
    private var byteCount = 0

    /// - Parameters:
    ///   - folder: made when it is not there.
    ///   - limit: in bytes; more throws `UploadError.tooLarge`.
    init(folder: String, limit: Int) {
        path = "\(folder)/\(Self.prefix)\(RandomIdentifier.make())"
        self.limit = limit
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        // Not there any more when it was taken.
        unlink(path)
    }

    /// - Throws: `UploadError`.
    func write(_ bytes: [UInt8]) throws(UploadError) {
        if descriptor < 0 { try begin() }
        guard bytes.count <= limit - byteCount else { throw .tooLarge(limit: limit) }
        let code = bytes.withUnsafeBytes { bytes in
            digest?.update(bytes)
            return FileWriting.write(bytes, to: descriptor)
        }
        guard code == 0 else { throw .notStored(errno: code) }
        byteCount += bytes.count
    }

    /// The file, on disk; nothing may be written any more.
    /// - Throws: `UploadError`, also for an empty file.
    func finish() throws(UploadError) -> Whole {
        guard descriptor >= 0, byteCount > 0, let digest = digest.take() else { throw .empty }
        guard fsync(descriptor) == 0 else { throw .notStored(errno: errno) }
        close(descriptor)
        descriptor = -1
        return Whole(path: path, hash: digest.finish().hexadecimal, byteCount: byteCount)
    }

    /// Removes what a killed server left of uploads. Only before the first upload, and by the one server of the folder.
    static func sweep(_ folder: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(prefix) { unlink("\(folder)/\(name)") }
    }

    private func begin() throws(UploadError) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notStored(errno: errno) }
    }
}

/// Why an upload was not taken.
enum UploadError: ExplainedError, Equatable {
    case empty
    case tooLarge(limit: Int)
    case notStored(errno: Int32)
    case tooMany

    var label: String {
        switch self {
        case .empty: "upload_empty"
        case .tooLarge: "upload_too_large"
        case .notStored(ENOSPC), .notStored(EDQUOT): "disk_full"
        case .notStored: "upload_not_stored"
        case .tooMany: "too_many_uploads"
        }
    }

    var description: String {
        switch self {
        case .empty:
            "The file is empty; check that it was saved, and send it as the body or as a part with a file name."
        case .tooLarge(let limit):
            "The file is larger than the \(limit / 1_000_000) MB that a document may have; split it into smaller files."
        case .notStored(ENOSPC), .notStored(EDQUOT):
            "The server's disk is full, so nothing was stored; tell the staff who run it and try again later."
        case .notStored: "The server could not store the file, so nothing was kept; try again in a moment."
        case .tooMany: "Too many files are being uploaded just now; send this one again in a moment."
        }
    }
}

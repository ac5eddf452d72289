import Glibc
import Support

/// A new file that takes what comes from S3, and the hash of it.
///
/// Unchecked Sendable: everything but `init` runs on the one queue, one call after the other.
final class DownloadFile: @unchecked Sendable {
    private let descriptor: Int32
    private let path: String
    private let limit: Int64
    private let queue = BlockingQueue(label: "s3-download")
    private var hash = SHA256()
    private var size: Int64 = 0

    private init(_ descriptor: Int32, path: String, limit: Int64) {
        self.descriptor = descriptor
        self.path = path
        self.limit = limit
    }

    deinit { close(descriptor) }

    /// Makes the file, empty, in the place of one that may be there.
    static func make(_ path: String, limit: Int64) async throws -> DownloadFile {
        try await BlockingQueue(label: "s3-download").run {
            unlink(path)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw S3FileError.notWritten(reason: SmallFile.reason(errno)) }
            return DownloadFile(descriptor, path: path, limit: limit)
        }
    }

    func append(_ bytes: [UInt8]) async throws {
        try await queue.run { [self] in
            size += Int64(bytes.count)
            guard size <= limit else { throw S3FileError.tooLarge(limit: limit) }
            let failure = bytes.withUnsafeBytes { piece in
                hash.update(piece)
                return FileWriting.write(piece, to: descriptor)
            }
            guard failure == 0 else { throw S3FileError.notWritten(reason: SmallFile.reason(failure)) }
        }
    }

    /// The content is on the disk when this returns.
    /// - Returns: its size, and its SHA-256 in hexadecimal digits.
    func finish() async throws -> (size: Int64, hash: String) {
        try await queue.run { [self] in
            guard fsync(descriptor) == 0 else { throw S3FileError.notWritten(reason: SmallFile.reason(errno)) }
            var whole = SHA256()
            swap(&whole, &hash)
            return (size, whole.finish().hexadecimal)
        }
    }

    func remove() async {
        // Nothing to say when that fails: who made it removes what is left when it starts.
        _ = try? await queue.run { [path] in unlink(path) }
    }
}

import Glibc
import Support

/// Reading files with a bound, never a device or a pipe, which could block or not end.
package enum FileReading {
    /// - Throws: `unreadable` when there is no regular file.
    package static func regularFileSize(_ path: String) throws(IngestError) -> Int {
        var information = stat()
        guard stat(path, &information) == 0 else { throw .unreadable(Self.reason(errno)) }
        guard information.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is not a regular file") }
        return Int(information.st_size)
    }

    /// At most `limit` bytes from the beginning, or from `offset`.
    package static func bytes(of path: String, from offset: Int = 0, limit: Int) throws(IngestError) -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachPiece(of: path, from: offset, limit: limit) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// The SHA-256 of the whole file, in hexadecimal.
    package static func hash(of path: String) throws(IngestError) -> String {
        var hash = SHA256()
        try forEachPiece(of: path, limit: .max) { hash.update($0) }
        return hash.finish().hexadecimal
    }

    /// Hands the file's content to `body`, piece by piece, up to `limit` bytes.
    package static func forEachPiece(
        of path: String, from offset: Int = 0, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(IngestError) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(reason(errno)) }
        defer { close(file) }
        if offset > 0, lseek(file, offset, SEEK_SET) < 0 { throw .unreadable(reason(errno)) }
        var left = limit
        while left > 0 {
            let (count, code) = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) {
                buffer -> (Int, Int32) in
                let count = read(file, buffer.baseAddress, min(buffer.count, left))
                if count > 0 { body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                return (count, errno)
            }
            guard count >= 0 else {
                if code == EINTR { continue }
                throw .unreadable(reason(code))
            }
            guard count > 0 else { return }
            left -= count
        }
    }

    /// The name in a folder's entry. Bytes that are not UTF-8 become replacement signs; such a file cannot be opened
    /// by its name and is reported.
    package static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The system's words for an error number.
    package static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case EACCES, EPERM: "permission denied"
        case EISDIR: "it is a folder"
        case ENAMETOOLONG: "its name is too long"
        case EIO: "the disk reports an error"
        case ENOSPC, EDQUOT: "the disk is full"
        case EFBIG: "it would be larger than the limit on a file's size"
        case EROFS: "the disk is read-only"
        case ELOOP: "its links go in a circle"
        case EMFILE, ENFILE: "too many files are open"
        default: "error \(code)"
        }
    }
}

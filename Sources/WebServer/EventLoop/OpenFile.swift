import Glibc

/// A regular file, open for reading until nobody needs it any more.
package final class OpenFile: Sendable {
    let descriptor: Int32
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int
    /// Which file it is, and in which state.
    let stamp: FileStamp

    /// Takes the descriptor over, also when it throws.
    init(adopting descriptor: Int32) throws(HTTPError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            Glibc.close(descriptor)
            throw .notFound
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
        stamp = FileStamp(status)
        modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
    }

    /// Opens a file by its path. Blocks; call it off the cooperative pool.
    package convenience init(path: String) throws(HTTPError) {
        // O_NONBLOCK: opening a named pipe must not wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        try self.init(adopting: descriptor)
    }

    deinit { Glibc.close(descriptor) }

    /// The first bytes, at most `count`. Blocks; call it off the cooperative pool.
    package func head(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    static func failure(_ code: Int32) -> HTTPError {
        switch code {
        case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EISDIR, ENXIO: .notFound
        case EMFILE, ENFILE, ENOMEM:
            HTTPError(
                503, .overloaded, "The server has too many files open: try again in a moment.",
                headers: ["retry-after": "1"])
        default:
            HTTPError(500, .fileUnreadable, "The server cannot read this file: check the permissions of its folder.")
        }
    }

    /// A strong validator (RFC 9110, section 8.8.3): changes with the file's size and time.
    package var entityTag: String { "\"\(String(modified, radix: 16))-\(String(size, radix: 16))\"" }
}

/// A part of an open file.
package struct FileSlice: Sendable {
    package let file: OpenFile
    package let offset: Int
    package let count: Int

    /// The whole file, or the part of it that lies within `range`.
    package init(_ file: OpenFile, _ range: Range<Int>? = nil) {
        let range = (range ?? 0..<file.size).clamped(to: 0..<file.size)
        self.file = file
        offset = range.lowerBound
        count = range.count
    }
}

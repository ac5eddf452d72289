import Glibc

/// A file in memory, read-only, by `mmap`.
///
/// The file must not be cut short while it is mapped; a model is replaced by renaming, never rewritten in place.
///
/// Unchecked Sendable: the memory is never written, and lives as long as this object.
final class MappedFile: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer
    /// Its number, when it was last written and when it was last changed in any way.
    let identity: String

    /// - Throws: `EmbeddingError` when the file is missing, unreadable or empty.
    init(path: String) throws {
        self.path = path
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw errno == ENOENT
                ? EmbeddingError(.fileMissing, path: path, "there is no such file")
                : EmbeddingError(.fileUnreadable, path: path, "it cannot be opened")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw EmbeddingError(.fileUnreadable, path: path, "it is not a file")
        }
        guard status.st_size > 0 else { throw EmbeddingError(.fileDamaged, path: path, "the file is empty") }
        let count = Int(status.st_size)
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw EmbeddingError(.fileUnreadable, path: path, "it cannot be mapped")
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        identity = "\(status.st_dev):\(status.st_ino) \(times.joined(separator: " "))"
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    /// Gives the pages back that were read; the next touch reads them from the page cache again.
    func releasePages() {
        madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED)
    }
}

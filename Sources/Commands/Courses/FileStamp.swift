import Glibc

/// By what a changed database shows: size and time of the file and of its write-ahead log.
struct FileStamp: Equatable, Sendable {
    private struct Part: Equatable {
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    private let file: Part
    private let log: Part?

    /// Whether neither the file nor its log holds a byte.
    var isEmpty: Bool { file.size == 0 && log == nil }

    /// Nil when there is no file at `path`.
    init?(database path: String) {
        guard let file = Part(path) else { return nil }
        self.file = file
        // A log without a byte says nothing, and comes and goes with every opening.
        log = Part(path + "-wal").flatMap { $0.size == 0 ? nil : $0 }
    }
}

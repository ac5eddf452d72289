import Glibc
import Support

/// What tells a file, and each of its states, from all others.
struct FileStamp: Sendable, Equatable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let modified: Int
    private let changed: Int

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
        changed = Int(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int(status.st_ctim.tv_nsec)
    }

    /// Nanoseconds since the file was last touched, by the wall clock.
    var age: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int(now.tv_sec) &* 1_000_000_000 &+ Int(now.tv_nsec) &- max(modified, changed)
    }

    /// The file at `path` as it is now; nil when there is none. One system call, answered from memory as a rule.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// A small file in memory, with the answer that it is.
struct CachedFile: Sendable {
    let stamp: FileStamp
    let size: Int
    private let whole: HTTPResponse

    /// - Parameter whole: 200, the bytes in its body.
    init(_ file: OpenFile, _ whole: HTTPResponse) {
        stamp = file.stamp
        size = file.size
        self.whole = whole
    }

    /// - Parameter tags: those of `If-None-Match`.
    func response(to tags: [String]) -> HTTPResponse {
        guard !tags.isEmpty, FileResponse.matches(tags, whole.headers["etag"] ?? "") else { return whole }
        var unchanged = whole
        unchanged.status = 304
        unchanged.headers["content-type"] = nil
        unchanged.body = .none
        return unchanged
    }
}

/// Small files that were asked for, a bounded number of bytes of them. One that is found is still the one on disk: that is
/// asked each time, so that a new version is seen at once, and a link in its place is no way out of the folder.
final class FileCache: Sendable {
    /// Larger files go out by `sendfile`.
    static let largest = 64 << 10
    private static let mostBytes = 4 << 20
    /// Nanoseconds a file must have been left alone: two changes within one tick of the file system's clock look the same.
    private static let settled = 2_000_000_000
    /// What an entry weighs beside its bytes.
    private static let overhead = 1 << 10

    private struct State {
        var files: [String: CachedFile] = [:]
        var bytes = 0
    }

    private let state = Locked(State())

    func find(_ path: String) -> CachedFile? {
        guard let file = state.withLock({ $0.files[path] }) else { return nil }
        guard FileStamp(path: path) == file.stamp else {
            state.withLock { Self.remove(path, &$0) }
            return nil
        }
        return file
    }

    func keep(_ file: CachedFile, at path: String) {
        guard file.stamp.age > Self.settled else { return }
        state.withLock { state in
            Self.remove(path, &state)
            // Whoever asks for very many files gets them from disk again: no order is kept for that.
            if state.bytes + file.size + Self.overhead > Self.mostBytes { state = State() }
            state.files[path] = file
            state.bytes += file.size + Self.overhead
        }
    }

    private static func remove(_ path: String, _ state: inout State) {
        if let old = state.files.removeValue(forKey: path) { state.bytes -= old.size + overhead }
    }
}

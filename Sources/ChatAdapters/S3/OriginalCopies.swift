import AWS
import ChatService
import Glibc
import Support

/// Originals of S3 in a local folder, each under its hash, fetched when first needed; those unused for longest go when the
/// folder grows beyond its limit. The folder may be an `OriginalStore`'s.
package final class OriginalCopies: OriginalArchive {
    /// Whoever asked for an original has opened it by then.
    static let grace = Duration.seconds(600)

    private let originals: S3Originals
    private let folder: String
    private let limit: Int64
    private let time: any TimeSource
    /// One fetch at a time: a disk holds no more than the limit and one original.
    private let turnstile = Turnstile()

    /// - Parameter limit: bytes kept, apart from what was asked for in the last ten minutes.
    package init(
        _ originals: S3Originals, folder: String, limit: Int64 = 4 << 30, time: any TimeSource = SystemTime()
    ) {
        self.originals = originals
        self.folder = folder
        self.limit = limit
        self.time = time
    }

    /// Keeps an original that has just arrived, for all others: before its job is accepted.
    package func keep(_ hash: String, from path: String) async throws {
        try await originals.keep(path, hash: hash)
        try await makeRoom()
    }

    /// Empties the folder of what a former process has left: before anything is kept.
    package func prepare() async throws {
        try await LocalFiles.makeFolder(folder)
        for name in try await LocalFiles.names(in: folder) { await LocalFiles.remove("\(folder)/\(name)") }
    }

    /// Removes an original that no document of any course has any more, here and in S3.
    package func remove(_ hash: String) async throws {
        try await originals.remove(hash)
        await LocalFiles.remove("\(folder)/\(hash)")
    }

    package func bring(_ hash: String) async throws {
        do {
            _ = try await path(of: hash)
        } catch let error as AWSError where error.kind == .missingObject {
            // Whoever opens it finds out.
        }
    }

    /// Brings an original here unless it is here already.
    /// - Returns: where it is.
    /// - Throws: as `S3Originals`.
    package func path(of hash: String) async throws -> String {
        precondition(CoursePointer.isHash(hash), "an original is kept under the SHA-256 of its content")
        let path = "\(folder)/\(hash)"
        if try await touch(path) { return path }
        try await turnstile.pass { [self] in
            guard try await !touch(path) else { return }
            try await LocalFiles.makeFolder(folder)
            try await originals.fetch(hash, to: path)
            _ = try await touch(path)
            try await makeRoom()
        }
        return path
    }

    /// Whether the file is here; it counts as used now.
    private func touch(_ path: String) async throws -> Bool {
        let now = Int(time.now.seconds)
        return try await LocalFiles.run {
            let stamps = [timespec(tv_sec: now, tv_nsec: 0), timespec(tv_sec: now, tv_nsec: 0)]
            return utimensat(AT_FDCWD, path, stamps, 0) == 0
        }
    }

    private func makeRoom() async throws {
        let names = try await LocalFiles.names(in: folder).filter(CoursePointer.isHash)
        let due = Int((time.now + (.zero - Self.grace)).seconds)
        try await LocalFiles.run { [folder, limit] in
            var files: [(path: String, size: Int64, used: Int)] = []
            for name in names {
                var status = stat()
                guard stat("\(folder)/\(name)", &status) == 0 else { continue }
                files.append(("\(folder)/\(name)", Int64(status.st_size), status.st_mtim.tv_sec))
            }
            var total = files.reduce(0) { $0 + $1.size }
            for file in files.sorted(by: { $0.used < $1.used }) where total > limit && file.used < due {
                if unlink(file.path) == 0 { total -= file.size }
            }
        }
    }
}

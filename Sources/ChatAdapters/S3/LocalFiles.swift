import Glibc
import Support

/// The local side of what S3 keeps: blocking calls, on threads of their own.
enum LocalFiles {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingQueue(label: "cloud-files").run(body)
    }

    /// SHA-256 and size of a file that nobody changes.
    static func hash(_ path: String) async throws -> (hash: String, size: Int64) {
        try await run {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw failure() }
            defer { close(file) }
            var hash = SHA256()
            var size: Int64 = 0
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { piece.deallocate() }
            while true {
                let count = read(file, piece.baseAddress, piece.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw failure() }
                if count == 0 { break }
                hash.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                size += Int64(count)
            }
            return (hash.finish().hexadecimal, size)
        }
    }

    /// Gives a file that is on the disk its name, in the place of one that may be there, and brings the folder to the disk.
    static func move(_ path: String, to target: String) async throws {
        try await run {
            guard rename(path, target) == 0 else { throw failure() }
            let folder = target[..<(target.lastIndex(of: "/") ?? target.startIndex)]
            let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure() }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw failure() }
        }
    }

    /// Removes a database and what SQLite keeps beside it. What is left is removed at the next start.
    static func remove(_ path: String) async {
        _ = try? await run { for tail in ["", "-wal", "-shm"] { unlink(path + tail) } }
    }

    /// Removes what SQLite keeps beside a database that nobody has open: its log holds nothing then.
    static func removeBeside(_ path: String) async {
        _ = try? await run { for tail in ["-wal", "-shm"] { unlink(path + tail) } }
    }

    static func makeFolder(_ path: String) async throws {
        try await run {
            var made = path.hasPrefix("/") ? "" : "."
            for part in path.split(separator: "/") {
                made += "/" + part
                guard mkdir(made, 0o700) == 0 || errno == EEXIST || access(made, F_OK) == 0 else { throw failure() }
            }
        }
    }

    /// The names in a folder; none when it is not there.
    static func names(in folder: String) async throws -> [String] {
        try await run {
            guard let directory = opendir(folder) else { return [] }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names
        }
    }

    static func exists(_ path: String) async throws -> Bool { try await run { access(path, F_OK) == 0 } }

    private static func failure() -> CloudDocumentsError {
        .folder(reason: strerror(errno).map { String(cString: $0) } ?? "error \(errno)")
    }
}

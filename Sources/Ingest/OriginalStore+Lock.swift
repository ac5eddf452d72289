import Extraction
import Glibc
import Support

/// Who brings an original's document into a course, and who lets an original go, wait for each other, also from one
/// process to another: `flock` on the folder itself, which ends with the process.
extension OriginalStore {
    /// Runs `body` while no original is removed; many may at once. Blocks no thread of the pool while one is being
    /// removed.
    /// - Throws: `originalNotKept` when the folder cannot be opened; what `body` throws.
    func whileNoneIsRemoved<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let descriptor = try await BlockingQueue(label: "lock of originals").run { () throws(IngestError) in
            try lock(LOCK_SH)
        }
        defer { Self.unlock(descriptor) }
        return try await body()
    }

    /// Runs `body` while nobody keeps an original.
    /// - Returns: nil, without running it, when somebody does.
    /// - Throws: `originalNotKept` when the folder cannot be opened.
    func unlessOneIsKept<Value>(_ body: () throws(IngestError) -> Value) throws(IngestError) -> Value? {
        guard let descriptor = try lockOrGiveUp() else { return nil }
        defer { Self.unlock(descriptor) }
        return try body()
    }

    /// Removes an original unless it is needed; nobody can begin to need it between the question and its removal. Not
    /// while a document is being brought into a course: `tidy` removes it then, another day.
    /// - Parameter isNeeded: whether a document or an upload has this content; must not itself bring one in.
    /// - Returns: whether it was removed.
    /// - Throws: `originalNotKept`; what `isNeeded` throws.
    @discardableResult
    package func remove(_ hash: String, unless isNeeded: () async throws -> Bool) async throws -> Bool {
        let blocking = BlockingQueue(label: "removal of originals")
        let lock = try await blocking.run { () throws(IngestError) in try lockOrGiveUp() }
        guard let lock else { return false }
        defer { Self.unlock(lock) }
        guard try await !isNeeded() else { return false }
        return try await blocking.run { () throws(IngestError) in try unlinkOriginal(hash) }
    }

    private func lockOrGiveUp() throws(IngestError) -> Int32? {
        // Without a folder there is nothing to remove.
        guard access(folder, F_OK) == 0 else { return nil }
        return try lock(LOCK_EX | LOCK_NB)
    }

    private func lock(_ kind: Int32) throws(IngestError) -> Int32? {
        try makeFolders()
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .originalNotKept(FileReading.reason(errno)) }
        while flock(descriptor, kind) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw .originalNotKept(FileReading.reason(code))
        }
        return descriptor
    }

    /// Says so, for a child that is just being started has the descriptor too until its program runs.
    private static func unlock(_ descriptor: Int32?) {
        guard let descriptor else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

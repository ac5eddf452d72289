import CLinux
import Glibc
import Support

/// A place for one extraction: a folder that nobody else may look into, with a copy of the document, and, when this process
/// is root, a user of its own.
///
/// There are 64 on a machine, each behind a lock file: the kernel gives the lock up when its holder dies, however it dies,
/// so whoever takes a slot knows that what lies in it was left behind, and removes it.
final class SandboxSlot: Sendable {
    /// The users that extractors become. Neither Debian's (60000 to 64999 "allocated globally, created on demand", of which
    /// none is in these hundreds) nor systemd's allocations (61184 to 65519 for DynamicUser, 60001 to 60705 for others)
    /// use them, and a container with the usual 65,536 users has them. One each, so that two extractions cannot reach into
    /// each other, and the limit on processes counts only the slot's own.
    static let users: Range<UInt32> = 61_000..<61_064

    /// The slot's private folder.
    let folder: String
    /// The copy of the document: `document.pdf`, for example.
    let document: String
    private let lock: Int32
    /// The user that nobody else's extractor is as long as the lock is held; nil where that is not sure.
    private let owner: UInt32?

    private init(folder: String, document: String, lock: Int32, owner: UInt32?) {
        self.folder = folder
        self.document = document
        self.lock = lock
        self.owner = owner
    }

    /// Takes a free slot and copies the file at `path` into it. Blocking.
    ///
    /// A copy rather than a link: the extractor's user may not be allowed to read the original, nor its folder.
    /// - Parameters:
    ///   - path: nil for no document.
    ///   - base: the folder of all slots; made when missing.
    /// - Throws: `unreadable`, `tooLarge`, `noScratch`.
    static func take(for path: String?, in base: String = SandboxBase.standard.folder) throws(IngestError)
        -> SandboxSlot
    {
        let source = try path.map { path throws(IngestError) in try openDocument(path) }
        defer { if let source { close(source) } }
        try prepare(base)
        for number in 0..<users.count {
            guard let lock = try lock(number, in: base) else { continue }
            let folder = "\(base)/\(number)"
            let document = "document" + (path.map(fileExtension) ?? "")
            let owner = users.lowerBound + UInt32(number)
            // What a hostile extractor left and cannot be removed costs its slot, not the next document.
            guard SandboxRemoval.remove(folder, of: sole(owner, in: base)) else {
                close(lock)
                continue
            }
            let slot = SandboxSlot(
                folder: folder, document: "\(folder)/\(document)", lock: lock, owner: sole(owner, in: base))
            do {
                try fill(folder, owner, source, document)
                return slot
            } catch {
                slot.release()
                throw error
            }
        }
        throw .noScratch("all \(users.count) places for reading are in use, or hold what cannot be removed")
    }

    /// Removes the folder with all that is in it and gives the slot up. Call it once the extractor has ended.
    func release() {
        SandboxRemoval.remove(folder, of: owner)
        close(lock)
    }

    /// Removes what extractions left whose parent was killed. Blocking; touches no slot in use.
    static func sweep(in base: String = SandboxBase.standard.folder) {
        guard (try? prepare(base)) != nil else { return }
        for number in 0..<users.count {
            let folder = "\(base)/\(number)"
            guard access(folder, F_OK) == 0, let lock = try? lock(number, in: base) else { continue }
            SandboxRemoval.remove(folder, of: sole(users.lowerBound + UInt32(number), in: base))
            close(lock)
        }
    }

    /// The lock of a slot stands for its user only where all of the machine's slots have their locks.
    private static func sole(_ user: UInt32, in base: String) -> UInt32? {
        let standard = SandboxBase.standard
        return standard.isForAll && standard.folder == base ? user : nil
    }

    // MARK: Making it

    private static func prepare(_ base: String) throws(IngestError) {
        if let reason = SandboxBase.obstacle(to: base) { throw .noScratch(reason) }
    }

    /// - Returns: nil when the slot is in use.
    private static func lock(_ number: Int, in base: String) throws(IngestError) -> Int32? {
        let file = open("\(base)/\(number).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .noScratch(FileReading.reason(errno)) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        return file
    }

    private static func fill(
        _ folder: String, _ owner: UInt32, _ source: Int32?, _ name: String
    ) throws(IngestError) {
        guard mkdir(folder, 0o700) == 0 else { throw .noScratch(FileReading.reason(errno)) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw .noScratch(FileReading.reason(errno)) }
        defer { close(directory) }
        if let source {
            let copy = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
            guard copy >= 0 else { throw .noScratch(FileReading.reason(errno)) }
            defer { close(copy) }
            try Self.copy(source, to: copy)
            give(copy, to: owner)
        }
        give(directory, to: owner)
    }

    /// Only root may; and in a container that has no such user it stays root's, and so does the extractor.
    private static func give(_ file: Int32, to owner: UInt32) {
        if geteuid() == 0, mayChangeUser { _ = fchown(file, owner, owner) }
    }

    /// Whether the extractor could become the folder's owner: CAP_SETGID and CAP_SETUID, bits 6 and 7 (capabilities(7)), which
    /// a container's root may be without.
    private static var mayChangeUser: Bool {
        let capabilities = ProcessStatus.words("CapEff").first.flatMap { UInt64($0, radix: 16) } ?? 0
        return capabilities & 0xc0 == 0xc0
    }

    // MARK: The document

    private static func openDocument(_ path: String) throws(IngestError) -> Int32 {
        // Not waiting, should it be a pipe.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(FileReading.reason(errno)) }
        var information = stat()
        guard fstat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .unreadable("it is not a regular file")
        }
        guard information.st_size <= DocumentExtractor.fileLimit else {
            close(file)
            throw .tooLarge("The file", limit: "\(DocumentExtractor.fileLimit / 1_000_000) MB")
        }
        return file
    }

    private static func copy(_ source: Int32, to copy: Int32) throws(IngestError) {
        // A file may grow while it is read.
        var left = DocumentExtractor.fileLimit + 1
        while left > 0 {
            let count = sendfile(copy, source, nil, left)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw errno == EIO ? .unreadable(FileReading.reason(errno)) : .noScratch(FileReading.reason(errno))
            }
            left -= count
        }
        throw .tooLarge("The file", limit: "\(DocumentExtractor.fileLimit / 1_000_000) MB")
    }

    /// `.pdf`, in small letters, when it is a plain one: the name tells what a text is written in, and nothing else.
    private static func fileExtension(of path: String) -> String {
        let found = DocumentType.fileExtension(of: path)
        let isPlain =
            (1...12).contains(found.utf8.count)
            && found.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
        return isPlain ? "." + found : ""
    }
}

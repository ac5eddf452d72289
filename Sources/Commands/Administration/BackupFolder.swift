import FoundationEssentials
import Glibc
import Support

/// The folder of a backup in the making. All is written below a hidden folder in it; only when it is whole, on the disk
/// and sound do the files get their names, the manifest last. Whatever fails before, nothing is left.
///
/// Files are of mode 0600 and folders 0700: they hold what students wrote. All calls block.
struct BackupFolder {
    /// A file as the manifest names it.
    struct Entry: Codable, Sendable, Equatable {
        /// Below the folder, `courses/algoritmos.sqlite`.
        let path: String
        let bytes: Int
        let sha256: String
    }

    private static let piece = 1 << 20

    let path: String
    /// Where it is written.
    let partial: String
    private let isNew: Bool

    /// Makes the folder, unless there is an empty one.
    /// - Throws: `BackupError`.
    init(_ path: String) throws(BackupError) {
        self.path = path
        partial = "\(path)/.partial-\(RandomIdentifier.make())"
        if mkdir(path, 0o700) == 0 {
            isNew = true
        } else {
            guard errno == EEXIST else { throw .cannotWrite(path, errno: errno) }
            isNew = false
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                throw .notAFolder(path)
            }
            // What a file system's own root holds.
            guard names.allSatisfy({ $0 == "lost+found" }) else { throw .notEmpty(path) }
        }
        do throws(BackupError) {
            for folder in ["", "/courses", "/originals"] { try Self.makeFolder(partial + folder) }
        } catch {
            remove()
            throw error
        }
    }

    /// An empty file for `name`, for others to fill.
    /// - Returns: its path.
    func make(_ name: String) throws(BackupError) -> String {
        let target = "\(partial)/\(name)"
        let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .cannotWrite(path, errno: errno) }
        close(file)
        return target
    }

    /// Brings a file that others have filled to the disk.
    func seal(_ name: String) throws(BackupError) -> Entry {
        let target = "\(partial)/\(name)"
        // What SQLite may have put beside it while it was checked.
        for tail in ["-wal", "-shm", "-journal"] { unlink(target + tail) }
        let file = open(target, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(target, errno: errno) }
        defer { close(file) }
        let entry = try entry(name, from: file, target) { _ throws(BackupError) in }
        guard fsync(file) == 0 else { throw .cannotWrite(path, errno: errno) }
        return entry
    }

    /// Copies a file here.
    /// - Returns: nil when it is not there (any more).
    func copy(_ source: String, as name: String) throws(BackupError) -> Entry? {
        let from = open(source, O_RDONLY | O_CLOEXEC)
        guard from >= 0 else {
            if errno == ENOENT { return nil }
            throw .cannotRead(source, errno: errno)
        }
        defer { close(from) }
        let to = open("\(partial)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard to >= 0 else { throw .cannotWrite(path, errno: errno) }
        defer { close(to) }
        let entry = try entry(name, from: from, source) { piece throws(BackupError) in
            let code = FileWriting.write(piece, to: to)
            guard code == 0 else { throw BackupError.cannotWrite(path, errno: code) }
        }
        guard fsync(to) == 0 else { throw .cannotWrite(path, errno: errno) }
        return entry
    }

    func write(_ bytes: [UInt8], as name: String) throws(BackupError) {
        let file = open("\(partial)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .cannotWrite(path, errno: errno) }
        defer { close(file) }
        let code = bytes.withUnsafeBytes { FileWriting.write($0, to: file) }
        guard code == 0, fsync(file) == 0 else { throw .cannotWrite(path, errno: code == 0 ? errno : code) }
    }

    /// Gives what was written its names; the last of `names` makes a backup of it.
    func publish(_ names: [String]) throws(BackupError) {
        for folder in ["", "/courses", "/originals"] { try Self.sync(partial + folder) }
        do throws(BackupError) {
            for name in names {
                guard rename("\(partial)/\(name)", "\(path)/\(name)") == 0 else {
                    throw BackupError.cannotWrite(path, errno: errno)
                }
            }
            try Self.sync(path)
        } catch {
            // What was not renamed is not there; the manifest goes first.
            for name in names.reversed() { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
            throw error
        }
        rmdir(partial)
    }

    /// Removes what was written, and the folder if it was made for it.
    func remove() {
        try? FileManager.default.removeItem(atPath: partial)
        if isNew { rmdir(path) }
    }

    private static func makeFolder(_ path: String) throws(BackupError) {
        guard mkdir(path, 0o700) == 0 else { throw .cannotWrite(path, errno: errno) }
    }

    private static func sync(_ folder: String) throws(BackupError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotWrite(folder, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .cannotWrite(folder, errno: errno) }
    }

    /// Reads a file to its end, giving each piece to `take`.
    private func entry(
        _ name: String, from file: Int32, _ source: String,
        _ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> Entry {
        var digest = SHA256()
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(source, errno: errno) }
            if count == 0 { return Entry(path: name, bytes: total, sha256: digest.finish().hexadecimal) }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            digest.update(piece)
            total += count
            try take(piece)
        }
    }
}

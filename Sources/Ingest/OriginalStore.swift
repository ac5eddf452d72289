import Extraction
import Glibc
import Support

/// Keeps originals under the hash of their content, each once, whole or not at all.
///
/// The courses of a data folder share it, so what one of them has no use for may be another's: nothing here removes a
/// whole original by itself. Who knows all courses calls `tidy`, or removes one.
package struct OriginalStore: Sendable {
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// Where the original of this content is, if it is there.
    package func path(of hash: String) -> String { "\(folder)/\(hash)" }

    /// Takes a file whose content has this hash, and that nobody writes to any more: it is moved here, or removed when
    /// the content is here already. It must be on the same file system. Blocking; the content and its name are on disk
    /// when this returns.
    /// - Throws: `originalNotKept`; the file is then still where it was.
    package func adopt(temporaryFile: String, hash: String) throws(IngestError) {
        precondition(Self.isHash(hash), "an original is kept under the SHA-256 of its content")
        if isKept(hash, like: temporaryFile) {
            unlink(temporaryFile)
            return
        }
        try makeFolders()
        let file = open(temporaryFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .originalNotKept(FileReading.reason(errno)) }
        defer { close(file) }
        guard fsync(file) == 0, rename(temporaryFile, path(of: hash)) == 0 else {
            throw .originalNotKept(FileReading.reason(errno))
        }
        try writeFolder()
    }

    /// Removes an original, for when no document of any course has this content. Nothing happens when there is none, or
    /// while a document is being brought into a course: `tidy` removes it then, another day.
    /// - Throws: `originalNotKept` with the reason.
    package func remove(_ hash: String) throws(IngestError) {
        _ = try unlessOneIsKept { () throws(IngestError) in try unlinkOriginal(hash) }
    }

    func unlinkOriginal(_ hash: String) throws(IngestError) -> Bool {
        guard Self.isHash(hash) else { return false }
        if unlink(path(of: hash)) == 0 { return true }
        guard errno == ENOENT else { throw .originalNotKept(FileReading.reason(errno)) }
        return false
    }

    /// Whether the original is here, as long as the file that has its content: one that a failing disk cut short is
    /// not. It is then not taken for unused for another day.
    private func isKept(_ hash: String, like path: String) -> Bool {
        var (kept, file) = (stat(), stat())
        guard stat(self.path(of: hash), &kept) == 0, stat(path, &file) == 0, kept.st_size == file.st_size else {
            return false
        }
        utimensat(AT_FDCWD, self.path(of: hash), nil, 0)
        return true
    }

    /// Copies `path` to `folder/<hash>` unless it is there whole. Blocking; the copy is on disk before it has its name.
    /// - Throws: `changedMeanwhile` when the content is not that of `hash`; `originalNotKept`.
    func keep(_ path: String, hash: String) throws(IngestError) {
        let target = self.path(of: hash)
        if isKept(hash, like: path) { return }
        try makeFolders()
        let partial = "\(folder)/.\(hash).\(getpid()).\(RandomIdentifier.make().prefix(8))"
        let file = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .originalNotKept(FileReading.reason(errno)) }
        defer {
            close(file)
            unlink(partial)
        }
        var failure: Int32 = 0
        var digest = SHA256()
        try FileReading.forEachPiece(of: path, limit: .max) { piece in
            guard failure == 0 else { return }
            digest.update(piece)
            failure = FileWriting.write(piece, to: file)
        }
        guard failure == 0 else { throw .originalNotKept(FileReading.reason(failure)) }
        guard digest.finish().hexadecimal == hash else { throw .changedMeanwhile }
        guard fsync(file) == 0, rename(partial, target) == 0 else {
            throw .originalNotKept(FileReading.reason(errno))
        }
        try writeFolder()
    }

    static func isHash(_ name: String) -> Bool {
        name.utf8.count == 64 && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Brings the folder's own entries to the disk: a name is only safe when its folder is.
    private func writeFolder() throws(IngestError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .originalNotKept(FileReading.reason(errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .originalNotKept(FileReading.reason(errno)) }
    }

    func makeFolders() throws(IngestError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o700) == 0 || errno == EEXIST || access(path, F_OK) == 0 else {
                throw .originalNotKept(FileReading.reason(errno))
            }
        }
    }
}

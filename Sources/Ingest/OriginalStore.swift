import Extraction
import Glibc
import Support

/// Keeps originals under the hash of their content, each once, whole or not at all.
///
/// The courses of a data folder share it, so what one of them has no use for may be another's: nothing here removes a
/// whole original by itself. Who knows all courses asks for `unused`, or removes one.
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
        if access(path(of: hash), F_OK) == 0 {
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

    /// Removes an original, for when no document of any course has this content; nothing happens when there is none.
    /// - Throws: `originalNotKept` with the reason.
    package func remove(_ hash: String) throws(IngestError) {
        guard Self.isHash(hash) else { return }
        guard unlink(path(of: hash)) == 0 || errno == ENOENT else {
            throw .originalNotKept(FileReading.reason(errno))
        }
    }

    /// The originals that no document needs.
    /// - Parameters:
    ///   - inUse: the content hashes of all documents of all courses that share the folder, and of what waits to be
    ///     ingested.
    ///   - age: what came later than this is left out, for its document may be on its way.
    package func unused(inUse: Set<String>, olderThan age: Duration = .seconds(86_400)) -> [String] {
        let limit = Glibc.time(nil) - Int(age.components.seconds)
        return entries().filter { name in
            guard Self.isHash(name), !inUse.contains(name) else { return false }
            var information = stat()
            // The change of the name counts, not of the content: an upload may have been written long before.
            return stat(path(of: name), &information) == 0 && information.st_ctim.tv_sec <= limit
        }.sorted()
    }

    /// Copies `path` to `folder/<hash>` unless it is there. Blocking; the copy is on disk before it has its name.
    /// - Throws: `changedMeanwhile` when the content is not that of `hash`; `originalNotKept`.
    func keep(_ path: String, hash: String) throws(IngestError) {
        let target = self.path(of: hash)
        if access(target, F_OK) == 0 { return }
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
            failure = Self.write(piece, to: file)
        }
        guard failure == 0 else { throw .originalNotKept(FileReading.reason(failure)) }
        guard digest.finish().hexadecimal == hash else { throw .changedMeanwhile }
        guard fsync(file) == 0, rename(partial, target) == 0 else {
            throw .originalNotKept(FileReading.reason(errno))
        }
        try writeFolder()
    }

    /// Removes copies that a killed run left half-written more than a day ago.
    func sweep() {
        let yesterday = Glibc.time(nil) - 86_400
        for name in entries() where name.hasPrefix(".") && name.utf8.count > 64 {
            let path = "\(folder)/\(name)"
            var information = stat()
            if stat(path, &information) == 0, information.st_mtim.tv_sec < yesterday { unlink(path) }
        }
    }

    private func entries() -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) { names.append(FileReading.name(of: entry)) }
        return names
    }

    private static func isHash(_ name: String) -> Bool {
        name.utf8.count == 64 && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Brings the folder's own entries to the disk: a name is only safe when its folder is.
    private func writeFolder() throws(IngestError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .originalNotKept(FileReading.reason(errno)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .originalNotKept(FileReading.reason(errno)) }
    }

    /// Returns 0, or the number of the error.
    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return 0
    }

    private func makeFolders() throws(IngestError) {
        var path = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o700) == 0 || errno == EEXIST || access(path, F_OK) == 0 else {
                throw .originalNotKept(FileReading.reason(errno))
            }
        }
    }
}

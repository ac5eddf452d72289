import Extraction
import Glibc
import Support

/// Keeps originals under the hash of their content, each once, whole or not at all.
struct OriginalStore: Sendable {
    let folder: String

    /// Copies `path` to `folder/<hash>` unless it is there. Blocking; the copy is on disk before it has its name.
    /// - Throws: `changedMeanwhile` when the content is not that of `hash`; `originalNotKept`.
    func keep(_ path: String, hash: String) throws(IngestError) {
        let target = "\(folder)/\(hash)"
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
    }

    /// Removes copies that a killed run left half-written more than a day ago.
    func sweep() {
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        let yesterday = Glibc.time(nil) - 86_400
        while let entry = readdir(stream) {
            let name = FileReading.name(of: entry)
            guard name.hasPrefix("."), name.utf8.count > 64 else { continue }
            let path = "\(folder)/\(name)"
            var information = stat()
            if stat(path, &information) == 0, information.st_mtim.tv_sec < yesterday { unlink(path) }
        }
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

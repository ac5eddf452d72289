import Glibc
import Support

/// Finds the files that a run is about: those named, and all in the folders named, in a fixed order.
///
/// Hidden files and what office programs and systems leave behind are passed over. Links are followed, but no folder is
/// read twice, so links in a circle end. Devices, sockets and pipes are reported, never opened.
struct FileWalk {
    struct Found: Sendable, Equatable {
        /// How to open it.
        let path: String
        /// Its name in the course: relative to the folder that was named, or the last part of a file's path.
        let name: String
        let byteCount: Int
    }

    private struct Folder {
        let path: String
        let name: String
        let depth: Int
    }

    static let fileLimit = 20_000
    private static let depthLimit = 64
    private static let leftovers: Set<String> = ["Thumbs.db", "desktop.ini", "__MACOSX", "lost+found"]

    private(set) var files: [Found] = []
    /// Names of files that are data of programs, met while walking a folder.
    private(set) var skipped: [String] = []
    private(set) var failures: [(name: String, error: IngestError)] = []
    /// Whether a folder was among the paths, so that what is not in it can be called vanished.
    private(set) var sawFolder = false
    private var pathsByName: [String: String] = [:]
    private var visited: Set<FileIdentity> = []

    /// Blocks while the folders are read.
    init(paths: [String]) throws(IngestError) {
        for path in paths {
            var information = stat()
            guard stat(path, &information) == 0 else {
                failures.append((path, .unreadable(FileReading.reason(errno))))
                continue
            }
            if information.st_mode & S_IFMT == S_IFDIR {
                sawFolder = true
                try walk(path)
            } else {
                try add(path: path, name: Self.lastComponent(path), root: path, information)
            }
        }
    }

    private mutating func walk(_ root: String) throws(IngestError) {
        var waiting = [Folder(path: root, name: "", depth: 0)]
        while let folder = waiting.popLast() {
            let entries: [String]
            switch entriesOnce(of: folder) {
            case .success(let names): entries = names
            case .failure(let error):
                failures.append((folder.name.isEmpty ? folder.path : folder.name, error))
                continue
            }
            var folders: [Folder] = []
            for entry in entries.sorted() {
                let path = folder.path.hasSuffix("/") ? folder.path + entry : folder.path + "/" + entry
                let name = folder.name.isEmpty ? entry : folder.name + "/" + entry
                var information = stat()
                guard stat(path, &information) == 0 else {
                    failures.append((name, .unreadable(FileReading.reason(errno))))
                    continue
                }
                guard information.st_mode & S_IFMT == S_IFDIR else {
                    if DocumentType.isProgramData(name) {
                        skipped.append(name)
                        continue
                    }
                    try add(path: path, name: name, root: root, information)
                    continue
                }
                if folder.depth < Self.depthLimit {
                    folders.append(Folder(path: path, name: name, depth: folder.depth + 1))
                } else {
                    failures.append((name, .unreadable("folders are nested deeper than \(Self.depthLimit)")))
                }
            }
            waiting += folders.reversed()
        }
    }

    private mutating func add(path: String, name: String, root: String, _ information: stat) throws(IngestError) {
        guard information.st_mode & S_IFMT == S_IFREG else {
            failures.append((name, .unreadable("it is not a regular file")))
            return
        }
        guard files.count < Self.fileLimit else { throw .tooManyFiles(Self.fileLimit) }
        var name = name
        if let other = pathsByName[name], other != path { name = Self.lastComponent(root) + "/" + name }
        if let other = pathsByName[name] {
            if other != path { failures.append((path, .sameName(other))) }
            return
        }
        pathsByName[name] = path
        files.append(Found(path: path, name: name, byteCount: Int(information.st_size)))
    }

    /// The names in a folder that are to be looked at; none when the folder was read before.
    private mutating func entriesOnce(of folder: Folder) -> Result<[String], IngestError> {
        guard let stream = opendir(folder.path) else { return .failure(.unreadable(FileReading.reason(errno))) }
        defer { closedir(stream) }
        var information = stat()
        fstat(dirfd(stream), &information)
        guard visited.insert(FileIdentity(information)).inserted else { return .success([]) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = FileReading.name(of: entry)
            if !name.hasPrefix("."), !name.hasPrefix("~$"), !Self.leftovers.contains(name) { names.append(name) }
        }
        return .success(names)
    }

    static func lastComponent(_ path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
    }
}

/// What tells one file or folder from another, whatever its name.
private struct FileIdentity: Hashable {
    let device: UInt
    let inode: UInt

    init(_ information: stat) {
        device = UInt(information.st_dev)
        inode = UInt(information.st_ino)
    }
}

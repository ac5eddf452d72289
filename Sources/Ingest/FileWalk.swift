import Extraction
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
        /// Relative to the root. `DocumentNames` makes it the name in the course.
        var name: String
        let byteCount: Int
        /// The canonical path of the folder that was named, or that holds the file that was named.
        let root: String
    }

    /// Something that is there, or may be, but cannot be taken in.
    struct Failure {
        let name: String
        let root: String
        let error: IngestError
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
    private(set) var failures: [Failure] = []
    /// What is known of the folders, so that what is not in them can be called vanished.
    private(set) var places = WalkedPlaces()
    private var taken: Set<String> = []
    private var visited: Set<FileIdentity> = []

    /// Blocks while the folders are read.
    init(paths: [String]) throws(IngestError) {
        for path in paths {
            var information = stat()
            guard stat(path, &information) == 0 else {
                fail(path, root: CanonicalPath.of(path), at: "", .unreadable(FileReading.reason(errno)))
                continue
            }
            if information.st_mode & S_IFMT == S_IFDIR {
                try walk(path)
            } else {
                try add(
                    path: path, name: Self.lastComponent(path), root: CanonicalPath.ofParent(path), information)
            }
        }
    }

    private mutating func walk(_ path: String) throws(IngestError) {
        let root = CanonicalPath.of(path)
        var waiting = [Folder(path: path, name: "", depth: 0)]
        while let folder = waiting.popLast() {
            let entries: [String]
            switch entriesOnce(of: folder) {
            case .success(let names?):
                entries = names
                if folder.name.isEmpty { places.read(root) }
            case .success(nil):
                if !folder.name.isEmpty { places.hide(folder.name, root: root) }
                continue
            case .failure(let error):
                fail(folder.name.isEmpty ? folder.path : folder.name, root: root, at: folder.name, error)
                continue
            }
            var folders: [Folder] = []
            for entry in entries.sorted() {
                let path = folder.path.hasSuffix("/") ? folder.path + entry : folder.path + "/" + entry
                let name = folder.name.isEmpty ? entry : folder.name + "/" + entry
                var information = stat()
                guard stat(path, &information) == 0 else {
                    fail(name, root: root, at: name, .unreadable(FileReading.reason(errno)))
                    continue
                }
                guard information.st_mode & S_IFMT == S_IFDIR else {
                    if DocumentType.isProgramData(name) {
                        places.hide(name, root: root)
                        skipped.append(name)
                        continue
                    }
                    try add(path: path, name: name, root: root, information)
                    continue
                }
                if folder.depth < Self.depthLimit {
                    folders.append(Folder(path: path, name: name, depth: folder.depth + 1))
                } else {
                    fail(
                        name, root: root, at: name,
                        .unreadable("folders are nested deeper than \(Self.depthLimit)"))
                }
            }
            waiting += folders.reversed()
        }
    }

    private mutating func add(path: String, name: String, root: String, _ information: stat) throws(IngestError) {
        guard information.st_mode & S_IFMT == S_IFREG else {
            fail(name, root: root, at: name, .unreadable("it is not a regular file"))
            return
        }
        guard files.count < Self.fileLimit else { throw .tooManyFiles(Self.fileLimit) }
        guard taken.insert("\(root)\u{0}\(name)").inserted else { return }
        files.append(Found(path: path, name: name, byteCount: Int(information.st_size), root: root))
    }

    /// - Parameter place: what cannot be seen, relative to the root; empty for all of it.
    private mutating func fail(_ name: String, root: String, at place: String, _ error: IngestError) {
        failures.append(Failure(name: name, root: root, error: error))
        places.hide(place, root: root)
    }

    /// The names in a folder that are to be looked at; nil when the folder was read before.
    private mutating func entriesOnce(of folder: Folder) -> Result<[String]?, IngestError> {
        guard let stream = opendir(folder.path) else { return .failure(.unreadable(FileReading.reason(errno))) }
        defer { closedir(stream) }
        var information = stat()
        fstat(dirfd(stream), &information)
        guard visited.insert(FileIdentity(information)).inserted else { return .success(nil) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                // A folder that was read in part says nothing of what it does not hold.
                if errno != 0 { return .failure(.unreadable(FileReading.reason(errno))) }
                break
            }
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

import ChatAdapters
import CourseStore
import FoundationEssentials
import Support

/// Makes a data folder of a backup: whole, as the manifest says it was, or not at all.
struct Restore: Sendable {
    /// A manifest names a few files a document; more bytes than this are no manifest.
    private static let largestManifest = 64 << 20

    let backup: String
    let data: String
    let progress: @Sendable (_ file: String) -> Void
    private let queue = BlockingQueue(label: "restore")

    init(backup: String, data: String, progress: @escaping @Sendable (_ file: String) -> Void) {
        self.backup = backup
        self.data = data
        self.progress = progress
    }

    /// - Throws: `RestoreError`, `BackupError`, `SQLiteError` for a database of a newer version, `CancellationError`; nothing
    ///   is left then.
    func run() async throws -> Backup.Manifest {
        let manifest = try await queue.run { try readManifest() }
        let folder = try await queue.run { [data] in try BackupFolder(data) }
        do {
            for entry in manifest.files {
                try Task.checkCancellation()
                progress(entry.path)
                let copied = try await queue.run { [backup] in
                    try folder.copy("\(backup)/\(entry.path)", as: entry.path)
                }
                guard let copied else { throw RestoreError.missing(entry.path) }
                guard copied == entry else { throw RestoreError.damaged(entry.path) }
                if try await Self.check(entry.path, in: folder.partial) {
                    // Looking at a database may leave files beside it.
                    _ = try await queue.run { try folder.seal(entry.path) }
                }
            }
            let top = Set(manifest.files.map { $0.path.split(separator: "/")[0] }.map(String.init))
            let names = top.union(["courses", "originals"]).sorted()
            try Task.checkCancellation()
            try await queue.run { try folder.publish(names) }
            return manifest
        } catch {
            try await queue.run { folder.remove() }
            throw error
        }
    }

    private func readManifest() throws -> Backup.Manifest {
        let path = "\(backup)/\(Backup.manifestName)"
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
            throw RestoreError.noManifest(backup)
        }
        guard size <= Self.largestManifest, let bytes = FileManager.default.contents(atPath: path),
            let manifest = try? JSONDecoder().decode(Backup.Manifest.self, from: bytes)
        else { throw RestoreError.badManifest(backup) }
        guard manifest.format == Backup.format else { throw RestoreError.newerManifest(manifest.gepeto) }
        let paths = manifest.files.map(\.path)
        guard Set(paths).count == paths.count, paths.allSatisfy(Self.isOfDataFolder) else {
            throw RestoreError.badManifest(backup)
        }
        return manifest
    }

    /// A path that a backup writes; anything else could lie anywhere.
    static func isOfDataFolder(_ path: String) -> Bool {
        if path == "gepeto.sqlite" || path == SQLiteDirectory.fileName { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return false }
        switch parts[0] {
        case "courses":
            return parts[1].hasSuffix(".sqlite") && (try? CourseID(String(parts[1].dropLast(7)))) != nil
        case "originals": return Backup.isHash(parts[1])
        default: return false
        }
    }

    /// Whether a database is sound, and of a version that this program knows.
    /// - Returns: false for a file that is no database.
    private static func check(_ path: String, in folder: String) async throws -> Bool {
        let file = "\(folder)/\(path)"
        if path == "gepeto.sqlite" {
            try await SQLiteChatStore.checkFile(at: file)
        } else if path == SQLiteDirectory.fileName {
            try await SQLiteDirectory.checkFile(at: file)
        } else if path.hasPrefix("courses/") {
            try await CourseFile.checkFile(at: file)
        } else {
            return false
        }
        return true
    }
}

/// Why nothing was restored.
enum RestoreError: ExplainedError, Equatable {
    case noManifest(String)
    case badManifest(String)
    case newerManifest(String)
    case missing(String)
    case damaged(String)

    var label: String {
        switch self {
        case .noManifest: "restore_no_manifest"
        case .badManifest: "restore_bad_manifest"
        case .newerManifest: "restore_newer_manifest"
        case .missing: "restore_file_missing"
        case .damaged: "restore_file_damaged"
        }
    }

    var description: String {
        switch self {
        case .noManifest(let folder):
            "\(folder) has no manifest.json, so it is no whole backup; name a folder that 'gepeto backup' made."
        case .badManifest(let folder):
            "the manifest.json in \(folder) is damaged, so nothing says what belongs to the backup; take another one."
        case .newerManifest(let version):
            "the backup was made by gepeto \(version) in a form that this version does not know; install that version."
        case .missing(let path):
            "the backup lacks \(path), which its manifest names; take another one. Nothing was restored."
        case .damaged(let path):
            "\(path) of the backup is not as its manifest says; take another one. Nothing was restored."
        }
    }
}

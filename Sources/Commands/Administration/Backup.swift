import ChatAdapters
import CourseStore
import FoundationEssentials
import Glibc
import SQLite
import Support

/// Copies a data folder while a server works with it, into a folder of the same form: a restore is a copy back.
///
/// Each database is copied as of one moment (`VACUUM INTO`), each file its own. The order makes them fit together: the
/// conversations first, for an upload that is still a job there is read again into a course copied later, while the other
/// way round a document could be missing from both; and the originals before and after the databases, for one that is
/// replaced meanwhile is gone afterwards, and one that arrives was not there before.
struct Backup: Sendable {
    /// What stands in `manifest.json`.
    struct Manifest: Codable, Sendable, Equatable {
        /// Of this file's form.
        var format = Backup.format
        let gepeto: String
        /// Seconds since 1970, when it was begun.
        let createdAt: Int64
        let files: [BackupFolder.Entry]
        /// What an operator should know: originals that are damaged or missing in the data folder itself.
        let warnings: [String]
    }

    static let manifestName = "manifest.json"
    /// Of the manifests that this version writes and reads.
    static let format = 1

    let data: String
    let target: String
    let progress: @Sendable (_ file: String) -> Void
    private let queue = BlockingQueue(label: "backup")

    init(data: String, target: String, progress: @escaping @Sendable (_ file: String) -> Void) {
        self.data = data
        self.target = target
        self.progress = progress
    }

    /// - Throws: `BackupError`, `SQLiteError` for a database that is damaged, `CancellationError`; nothing is left then.
    func run(at now: Timestamp = SystemTime().now) async throws -> Manifest {
        // What cannot be listed would be taken for empty.
        for folder in [CourseFolder.folder(in: data), data + "/originals"] {
            if access(folder, F_OK) == 0, access(folder, R_OK | X_OK) != 0 {
                throw BackupError.cannotRead(folder, errno: errno)
            }
        }
        let hasChats = access(data + "/gepeto.sqlite", F_OK) == 0
        guard hasChats || !CourseFolder.names(in: CourseFolder.folder(in: data)).isEmpty else {
            throw BackupError.nothingToSave(data: data)
        }
        let folder = try await queue.run { [target] in try BackupFolder(target) }
        do {
            var originals = try await copyOriginals(into: folder, besides: [])
            var files: [BackupFolder.Entry] = []
            if hasChats {
                files.append(
                    try await copy("gepeto.sqlite", into: folder, SQLiteChatStore.copyFile, SQLiteChatStore.checkFile))
            }
            let hasDirectory = access(directoryPath, F_OK) == 0
            if hasDirectory {
                files.append(
                    try await copy(
                        SQLiteDirectory.fileName, into: folder, SQLiteDirectory.copyFile, SQLiteDirectory.checkFile))
            }
            let courses = CourseFolder.names(in: CourseFolder.folder(in: data))
            for id in courses {
                files.append(
                    try await copy("courses/\(id).sqlite", into: folder, CourseFile.copyFile, CourseFile.checkFile))
            }
            originals += try await copyOriginals(into: folder, besides: Set(originals.map(\.path)))
            let manifest = Manifest(
                gepeto: Gepeto.version, createdAt: now.seconds, files: files + originals.sorted { $0.path < $1.path },
                warnings: try await warnings(courses, originals, folder))
            let bytes = Array(try JSONText.line(manifest).utf8)
            let names =
                (hasChats ? ["gepeto.sqlite"] : []) + (hasDirectory ? [SQLiteDirectory.fileName] : [])
                + ["courses", "originals", Self.manifestName]
            try Task.checkCancellation()
            try await queue.run {
                try folder.write(bytes, as: Self.manifestName)
                try folder.publish(names)
            }
            return manifest
        } catch {
            try await queue.run { folder.remove() }
            throw error
        }
    }

    private var directoryPath: String { data + "/" + SQLiteDirectory.fileName }

    /// Copies a database as of one moment and checks the copy.
    private func copy(
        _ name: String, into folder: BackupFolder, _ copy: (String, String) async throws -> Void,
        _ check: (String) async throws -> Void
    ) async throws -> BackupFolder.Entry {
        try Task.checkCancellation()
        progress(name)
        let path = try await queue.run { try folder.make(name) }
        do {
            try await copy("\(data)/\(name)", path)
        } catch let error as SQLiteError where error.kind == .full {
            // SQLite names the file it read.
            throw BackupError.cannotWrite(target, errno: ENOSPC)
        }
        try await check(path)
        return try await queue.run { try folder.seal(name) }
    }

    private func copyOriginals(
        into folder: BackupFolder, besides known: Set<String>
    ) async throws -> [BackupFolder.Entry] {
        let source = data + "/originals"
        // Looked at before: where it cannot be listed there is none.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []
        var copied: [BackupFolder.Entry] = []
        // Others are of uploads under way.
        for name in names.sorted() where Self.isHash(name) && !known.contains("originals/\(name)") {
            try Task.checkCancellation()
            progress("originals/\(name)")
            let entry = try await queue.run { try folder.copy("\(source)/\(name)", as: "originals/\(name)") }
            if let entry { copied.append(entry) }
        }
        return copied
    }

    private func warnings(
        _ courses: [CourseID], _ originals: [BackupFolder.Entry], _ folder: BackupFolder
    ) async throws -> [String] {
        var warnings = originals.filter { $0.path != "originals/\($0.sha256)" }.map {
            "\($0.path) is damaged in the data folder: its content is not what its name says; load that document again."
        }
        let saved = Set(originals.map(\.path))
        for id in courses {
            let missing = try await CourseFile.originals(ofFile: "\(folder.partial)/courses/\(id).sqlite")
                .filter { !saved.contains("originals/\($0)") }
            if !missing.isEmpty {
                warnings.append(
                    "The course '\(id)' has \(missing.count) documents whose originals are not in the data folder; load "
                        + "them again.")
            }
        }
        return warnings
    }

    static func isHash(_ name: String) -> Bool {
        name.utf8.count == 64 && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

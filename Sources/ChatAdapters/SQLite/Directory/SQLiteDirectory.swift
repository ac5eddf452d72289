import ChatService
import SQLite
import Support

/// Who there is and what they may do, in one SQLite file, `directory.sqlite`.
///
/// A file of its own, for it changes seldom, is small, and the command line changes it beside a running server: it has no
/// lock of its owner, as `gepeto.sqlite` has. The port methods stand in extensions, one file a port.
package final class SQLiteDirectory: Sendable {
    package static let fileName = "directory.sqlite"

    let database: ConnectionPool
    let time: any TimeSource

    /// Opens the file, making it when there is none. Blocks while it does.
    /// - Throws: `SQLiteError`.
    package init(path: String, time: any TimeSource = SystemTime()) throws {
        database = try ConnectionPool(
            path: path, durability: .full, readers: 2, migrations: DirectorySchema.migrations,
            applicationID: DirectorySchema.applicationID)
        self.time = time
    }

    package var now: Timestamp { time.now }

    /// Checks a file of this kind from aside, also while a server works with it; changes nothing.
    ///
    /// The file must be there.
    /// - Throws: `SQLiteError`.
    package static func checkFile(at path: String) async throws {
        try await ConnectionPool.check(
            path: path, migrations: DirectorySchema.migrations, applicationID: DirectorySchema.applicationID)
    }

    /// Writes what a file of this kind holds at this moment into a new one at `target`; also while a server works with it.
    /// - Throws: `SQLiteError`; `CancellationError`. What is left at `target` then is the caller's to remove.
    package static func copyFile(at path: String, to target: String) async throws {
        try await ConnectionPool.aside(
            path: path, migrations: DirectorySchema.migrations, applicationID: DirectorySchema.applicationID
        ) { try $0.copy(to: target) }
    }

    /// Finishes what was handed in and closes the file.
    package func close() async { await database.close() }
}

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

    /// Finishes what was handed in and closes the file.
    package func close() async { await database.close() }
}

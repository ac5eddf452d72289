import Dispatch
import Glibc
import Support

/// How soon a commit is on the disk.
package enum Durability: String, Sendable {
    /// Every commit waits for the disk: after a power cut, what was promised is there (`synchronous=FULL`).
    case full = "FULL"
    /// The last commits may be missing after a power cut, the file stays whole (`synchronous=NORMAL`). For what can
    /// be made again.
    case normal = "NORMAL"
}

/// One database file in WAL mode: one writer and a few readers, each on a thread of its own.
///
/// Readers see the last commit before they began, also while a writer, here or in another process, goes on. Nothing
/// here ever blocks the cooperative pool, except `init`.
package final class ConnectionPool: Sendable {
    /// What a reader or writer waits for another process's lock.
    static let busyTimeout = Duration.seconds(5)
    /// The page cache of one connection, in KiB, unless its owner says otherwise.
    package static let usualCache = 8192
    /// Pages in the write-ahead log from which on it is folded into the file, by the write that reaches them: 16 MiB of
    /// 4 KiB pages. A page that was changed ten times until then is written to the file once.
    static let checkpointPages = 4000
    /// What is left of the write-ahead log after a checkpoint, in bytes.
    static let logLimit = 64 << 20

    package let path: String
    private let writer: WriteLane
    private let readers: Lane

    /// Opens the file, making it and its folder when there are none, and migrates it. Blocks while it does.
    ///
    /// - Parameters:
    ///   - readers: the most reading connections, opened as they are needed.
    ///   - applicationID: `PRAGMA application_id` of the owner's files; a file with another one is refused.
    ///   - pageSize: bytes in a page of a new file; an existing one keeps its own.
    ///   - readCache: the page cache of a reading connection, in KiB; of all together, `Connection.cacheMemory` bounds them.
    ///   - prepare: runs in a write transaction when the schema is up to date; what it throws, `init` throws.
    /// - Throws: `SQLiteError`: `newerVersion`, `foreignFile`, `notADatabase`, `cannotOpen`, `readOnly`, `full`, `busy` …
    package init(
        path: String, durability: Durability = .full, readers: Int = 4, migrations: [Migration],
        applicationID: Int32 = 0, pageSize: Int = 4096,
        readCache: Int = ConnectionPool.usualCache, prepare: (@Sendable (Connection) throws -> Void)? = nil
    ) throws {
        let migrator = Migrator(migrations, applicationID: applicationID)
        try Self.makeFolder(of: path)
        let first = ConfinedConnection(label: "sqlite.writer") { queue, interruption in
            let connection = try Connection(path: path, queue: queue, interruption: interruption)
            try Self.configure(connection)
            try migrator.check(connection)
            try connection.execute("PRAGMA page_size = \(pageSize)")
            try Self.turnOnWriteAheadLog(connection)
            try connection.execute(
                """
                PRAGMA synchronous = \(durability.rawValue);
                PRAGMA wal_autocheckpoint = \(Self.checkpointPages);
                PRAGMA journal_size_limit = \(Self.logLimit);
                """)
            try migrator.migrate(connection)
            if let prepare { try connection.transaction(writing: true, prepare) }
            return connection
        }
        try first.openNow()
        self.path = path
        writer = WriteLane(path: path, connection: first)
        self.readers = Lane(path: path, limit: readers) { number in
            ConfinedConnection(label: "sqlite.reader.\(number)") { queue, interruption in
                let connection = try Connection(path: path, queue: queue, interruption: interruption)
                try Self.configure(connection, cache: readCache)
                try connection.execute("PRAGMA query_only = ON")
                return connection
            }
        }
    }

    /// Runs `body` in a transaction that has the write lock from its beginning: its changes are on the disk when this
    /// returns (`Durability`), and none of them is made when it throws.
    ///
    /// Writes go one after another. Those that wait together share a transaction (`WriteLane`): a body may see what the
    /// one before it has changed although that is not committed yet, but nobody is told anything before it is. Statements
    /// that cannot live in a transaction: `aside`.
    ///
    /// Cancelling the task takes a waiting write back; one that began goes on to its end, for what records an outcome must
    /// not be lost to a cancelled task.
    /// - Parameter isRepeatable: whether nothing but this connection is changed by `body`, so that it may run twice. That
    ///   saves a savepoint: the state before is then kept by nobody, and in the rare case that one is taken back after it
    ///   has changed something, its transaction begins again. For what is written often and hardly ever refused.
    /// - Throws: what `body` throws; `SQLiteError` when the commit failed, for every write that shared it.
    @discardableResult
    package func write<Value: Sendable>(
        isRepeatable: Bool = false, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await writer.run(isRepeatable: isRepeatable, body)
    }

    /// What was written through this pool.
    package var writeFigures: WriteFigures { writer.figures }

    /// Runs `body` in one read transaction: everything it reads is of the same moment.
    /// - Throws: `CancellationError` soon after the task was cancelled, also in the middle of a statement.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await readers.run { try $0.transaction(writing: false, body) }
    }

    /// Finishes what was handed in, then closes the file; later work throws `closed`.
    package func close() async {
        await readers.close()
        await writer.close()
    }

    private static func configure(_ connection: Connection, cache: Int = usualCache) throws {
        // No memory map: an I/O error in a mapped page is a SIGBUS, which would end the whole server.
        try connection.execute(
            """
            PRAGMA busy_timeout = \(busyTimeout.milliseconds);
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA cache_size = -\(cache);
            PRAGMA mmap_size = 0;
            """)
    }

    /// Two processes that open a new file at once may meet here, where SQLite does not wait: hence the tries.
    private static func turnOnWriteAheadLog(_ connection: Connection) throws {
        for triesLeft in (0..<50).reversed() {
            do {
                let mode = try connection.row("PRAGMA journal_mode = WAL", [], { $0.text(0) })
                if mode == "wal" { return }
                throw SQLiteError(.cannotOpen, path: connection.path, detail: "journal mode \(mode ?? "unknown")")
            } catch let error as SQLiteError where error.kind == .busy && triesLeft > 0 {
                usleep(20_000)
            }
        }
    }

    /// Makes every missing folder above `path`.
    private static func makeFolder(of path: String) throws {
        for slash in path.indices.dropFirst() where path[slash] == "/" {
            guard mkdir(String(path[..<slash]), 0o750) != 0, errno != EEXIST else { continue }
            throw SQLiteError(.cannotOpen, path: path, detail: "mkdir failed with \(errno)")
        }
    }
}

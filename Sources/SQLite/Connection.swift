import CSQLite
import Dispatch

/// One open database. Not Sendable: it is confined to its dispatch queue, and says so when it is not.
package final class Connection {
    package let path: String
    private let database: OpaquePointer
    private let queue: DispatchQueue
    private let interruption: Interruption
    private var cache = StatementCache()

    /// What a savepoint would take back is kept in memory up to so many bytes, then in a temporary file. SQLite's own
    /// limit, 64 KiB, is met by the pages of one question: a file for each would cost more than the question. SQLite keeps
    /// it in chunks of that size, moves one to the file in one write, and no write of its may reach 128 KiB.
    private static let savepointMemory = gepeto_keep_savepoints_in_memory(120 << 10)

    /// Bytes from which on SQLite, in all of this process, gives its oldest pages back instead of asking for more memory:
    /// so that many courses with a large page cache each take no more together.
    package static let cacheMemory: Int64 = 96 << 20
    private static let softLimit = sqlite3_soft_heap_limit64(cacheMemory)

    /// Opens `path`. Call on `queue`.
    /// - Parameter creates: the file, when there is none.
    init(path: String, queue: DispatchQueue, interruption: Interruption, creates: Bool = true) throws {
        _ = Self.savepointMemory
        _ = Self.softLimit
        var database: OpaquePointer?
        // NOMUTEX: the queue already keeps two threads from meeting here.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &database, creates ? flags | SQLITE_OPEN_CREATE : flags, nil)
        guard code == SQLITE_OK, let database else {
            let error = SQLiteError(code: code, path: path, database: database)
            sqlite3_close_v2(database)
            throw error
        }
        self.path = path
        self.database = database
        self.queue = queue
        self.interruption = interruption
        interruption.watch(database)
    }

    deinit {
        interruption.forget()
        cache.removeAll()
        sqlite3_close_v2(database)
    }

    /// Runs one or more statements that take no arguments.
    package func execute(_ script: String) throws {
        try enter()
        let code = sqlite3_exec(database, script, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw SQLiteError(code: code, path: path, database: database)
        }
    }

    /// Runs one statement and returns how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int {
        try forEach(sql, arguments) { _ in true }
        return Int(sqlite3_changes64(database))
    }

    /// All rows, each as `map` makes it. For results whose size the query bounds.
    package func rows<Value>(_ sql: String, _ arguments: [SQLValue] = [], _ map: (Row) throws -> Value) throws
        -> [Value]
    {
        var values: [Value] = []
        try forEach(sql, arguments) { row in
            values.append(try map(row))
            return true
        }
        return values
    }

    /// The first row as `map` makes it, nil when there is none.
    package func row<Value>(_ sql: String, _ arguments: [SQLValue] = [], _ map: (Row) throws -> Value) throws -> Value?
    {
        var value: Value?
        try forEach(sql, arguments) { row in
            value = try map(row)
            return false
        }
        return value
    }

    /// Gives each row to `body` until it returns false.
    package func forEach(_ sql: String, _ arguments: [SQLValue] = [], _ body: (Row) throws -> Bool) throws {
        try withStatement(sql) { statement in
            try statement.bind(arguments)
            while try statement.step() {
                guard try body(statement.row) else { break }
            }
        }
    }

    /// Lends `body` the statement, and takes it back with its execution ended.
    func withStatement(_ sql: String, _ body: (Statement) throws -> Void) throws {
        try enter()
        let statement = try cache.take(sql) ?? Statement(sql, database: database, path: path)
        defer {
            statement.reset()
            cache.giveBack(statement, for: sql)
        }
        try body(statement)
    }

    package var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(database) }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    func transaction<Value>(writing: Bool, _ body: (Connection) throws -> Value) throws -> Value {
        try begin(writing: writing)
        do {
            let value = try body(self)
            try commit()
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// - Parameter writing: takes the write lock at once (`BEGIN IMMEDIATE`), so that no later statement can find the
    ///   database busy; otherwise the snapshot begins with the first read.
    func begin(writing: Bool) throws { try run(writing ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED") }

    /// When it throws, nothing is changed, also for a process that finds the file after this one was killed.
    func commit() throws {
        do {
            try run("COMMIT")
        } catch {
            rollBack()
            coverFailedCommit()
            throw error
        }
    }

    /// Ends the transaction without its changes; harmless when there is none, for a full disk or an interrupted statement
    /// may have rolled back already. It must also work for a cancelled job, so it does not pass through `enter`.
    func rollBack() {
        if isInTransaction { sqlite3_exec(database, "ROLLBACK", nil, nil, nil) }
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// Rows changed since the connection was opened, those too that were taken back.
    var totalChanges: Int { Int(sqlite3_total_changes64(database)) }

    /// Runs `body` as a part of the transaction.
    /// - Parameter undoable: when `body` throws, its changes are taken back and the transaction goes on without them; if
    ///   that fails as well, there is no transaction any more.
    func part<Value>(undoable: Bool, _ body: () throws -> Value) throws -> Value {
        guard undoable else { return try body() }
        try run("SAVEPOINT part")
        do {
            let value = try body()
            try run("RELEASE part")
            return value
        } catch {
            if isInTransaction, sqlite3_exec(database, "ROLLBACK TO part; RELEASE part", nil, nil, nil) != SQLITE_OK {
                rollBack()
            }
            throw error
        }
    }

    private func enter() throws {
        dispatchPrecondition(condition: .onQueue(queue))
        if interruption.isWanted { throw SQLiteError(.interrupted, path: path) }
    }
}

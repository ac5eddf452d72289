import CSQLite

/// A prepared statement; finalised when the last reference goes.
final class Statement {
    private let handle: OpaquePointer
    private let database: OpaquePointer
    private let path: String

    /// Compiles `sql`, which must be exactly one statement.
    init(_ sql: String, database: OpaquePointer, path: String) throws {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            if code == SQLITE_OK { throw SQLiteError(.other, path: path, detail: "an empty statement") }
            throw SQLiteError(code: sqlite3_extended_errcode(database), path: path, database: database)
        }
        self.handle = handle
        self.database = database
        self.path = path
    }

    deinit { sqlite3_finalize(handle) }

    /// Replaces all bindings. Text and blobs are copied by SQLite.
    func bind(_ arguments: [SQLValue]) throws {
        precondition(
            arguments.count == Int(sqlite3_bind_parameter_count(handle)),
            "a statement must be given as many arguments as it has parameters")
        for (position, value) in arguments.enumerated() {
            let code = bind(value, at: Int32(position + 1))
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    /// Binds the only parameter.
    func bind(_ key: Int64) throws {
        precondition(sqlite3_bind_parameter_count(handle) == 1, "a key is for a statement of one parameter")
        let code = sqlite3_bind_int64(handle, 1, key)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Goes to the next row; false when there is none.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    var row: Row { Row(handle) }

    /// Ends the execution, so that no read lock is held, and drops the bound values.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func error(_ code: Int32) -> SQLiteError {
        // After a failed bind the database's own code may be of an earlier call: the returned one decides.
        let extended = sqlite3_extended_errcode(database)
        return SQLiteError(
            code: extended & 0xff == code & 0xff ? extended : code, path: path, database: database)
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                guard let start = bytes.baseAddress else { return gepeto_bind_text(handle, index, "", 0) }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    gepeto_bind_text(handle, index, $0, count)
                }
            }
        case .blob(let bytes):
            guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
            // A nil pointer would bind NULL.
            if count == 0 { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes { gepeto_bind_blob(handle, index, $0.baseAddress, count) }
        }
    }
}

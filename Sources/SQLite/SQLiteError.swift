import CSQLite
import Glibc
import Support

/// Why SQLite could not do what was asked, with a sentence that says what to do.
package struct SQLiteError: ExplainedError, Equatable {
    /// The closed set of causes; the raw value is the metric label's ending.
    package enum Kind: String, Sendable, CaseIterable {
        case busy, full, readOnly = "read_only", corrupt, constraint, notADatabase = "not_a_database"
        case cannotOpen = "cannot_open", interrupted, newerVersion = "newer_version"
        case olderVersion = "older_version", foreignFile = "foreign_file"
        case inputOutput = "input_output", outOfMemory = "out_of_memory", tooBig = "too_big"
        case overloaded, closed, other
    }

    package let kind: Kind
    /// SQLite's extended result code; 0 where the cause was found here.
    package let code: Int32
    /// The database file.
    package let path: String
    /// SQLite's own words, for a developer's log. Holds SQL and names of columns, never a bound value.
    package let detail: String

    package init(_ kind: Kind, path: String, detail: String = "", code: Int32 = 0) {
        self.kind = kind
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// The error for an extended result code (https://www.sqlite.org/rescode.html).
    /// - Parameter database: tells the operating system's own error, nil when there is no connection.
    init(code: Int32, path: String, database: OpaquePointer?) {
        let isOutOfRoom = database.map { Self.isOutOfRoom(code, $0) } ?? false
        self.init(
            isOutOfRoom ? .full : Self.kind(of: code), path: path,
            detail: database.map { String(cString: sqlite3_errmsg($0)) } ?? "", code: code)
    }

    /// SQLite says `SQLITE_FULL` only of a page it could not write; a file that could not be made, lengthened or shared
    /// for want of room is an input/output error like any other to it.
    private static func isOutOfRoom(_ code: Int32, _ database: OpaquePointer) -> Bool {
        guard [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xff) else { return false }
        let codes = [ENOSPC, EDQUOT, EFBIG]
        if codes.contains(sqlite3_system_errno(database)) { return true }
        let isWrite = code >> 8 == 3  // SQLITE_IOERR_WRITE, a macro that is not imported
        return isWrite && gepeto_file_met(database, codes, Int32(codes.count)) != 0
    }

    package var label: String { "sqlite_\(kind.rawValue)" }

    package var description: String {
        switch kind {
        case .busy:
            "The database \(path) stayed locked by another process; try again, and stop other programs that hold it open."
        case .full:
            """
            The disk is full, or \(path) has reached the limit on a file's size: nothing was written and what it held is \
            intact; free some space or raise the limit (ulimit -f), then try again.
            """
        case .readOnly:
            "The database \(path) cannot be written; give this user write permission on the file and its folder."
        case .corrupt:
            "The database \(path) is damaged; stop the program and restore the file from a backup, or build it anew."
        case .constraint:
            "The change to \(path) contradicts what it holds (code \(code)); nothing was written."
        case .notADatabase:
            "The file \(path) is not an SQLite database; move it away or use another folder."
        case .cannotOpen:
            "The database \(path) cannot be opened; check that its folder exists and that this user may write there."
        case .interrupted:
            "The work on \(path) was interrupted; nothing was changed."
        case .newerVersion:
            "The data folder was made by a newer gepeto (\(path): \(detail)): run the newer program, or use another folder."
        case .olderVersion:
            "The data folder was made by an older gepeto (\(path): \(detail)): 'gepeto serve' brings it up to date when it starts."
        case .foreignFile:
            "The file \(path) is an SQLite database of another program or purpose; move it away or use another folder."
        case .inputOutput:
            "Reading or writing \(path) failed (code \(code)); check the disk and its mount, then try again."
        case .outOfMemory:
            "There was not enough memory for the work on \(path); give the program more, then try again."
        case .tooBig:
            "A value is larger than the database \(path) can hold; split it up."
        case .overloaded:
            "Too many requests wait for the database \(path); try again in a moment."
        case .closed:
            "The database \(path) is closed, because the program is shutting down."
        case .other:
            "The database \(path) refused the work (code \(code)); this is a defect of the program, please report it."
        }
    }

    private static func kind(of code: Int32) -> Kind {
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .full
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CORRUPT: .corrupt
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .constraint
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_CANTOPEN, SQLITE_AUTH: .cannotOpen
        case SQLITE_INTERRUPT: .interrupted
        case SQLITE_IOERR: .inputOutput
        case SQLITE_NOMEM: .outOfMemory
        case SQLITE_TOOBIG: .tooBig
        default: .other
        }
    }
}

import CSQLite
import Support

/// The row on which a statement stands. Valid only inside the closure that receives it.
///
/// Columns count from 0. SQLite converts between storage classes (https://www.sqlite.org/c3ref/column_blob.html):
/// NULL reads as 0, "" or an empty blob, so ask `isNull` or use the optional forms where NULL has a meaning.
package struct Row {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    package func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

    package func int64(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }
    package func int(_ column: Int) -> Int { Int(int64(column)) }
    package func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }
    package func timestamp(_ column: Int) -> Timestamp { Timestamp(milliseconds: int64(column)) }

    /// The column's text; bytes that are not UTF-8 are replaced by U+FFFD.
    package func text(_ column: Int) -> String {
        guard let bytes = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int) -> [UInt8] { withBlob(column) { [UInt8]($0) } }

    /// Gives `body` the column's bytes without a copy; they are SQLite's and gone when `body` returns.
    package func withBlob<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        let bytes = sqlite3_column_blob(statement, Int32(column))
        let count = bytes == nil ? 0 : Int(sqlite3_column_bytes(statement, Int32(column)))
        return try body(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    package func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    package func optionalTimestamp(_ column: Int) -> Timestamp? { isNull(column) ? nil : timestamp(column) }
}

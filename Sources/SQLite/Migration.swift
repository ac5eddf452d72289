/// One step of a schema: what leads from version `version - 1` to `version`.
package struct Migration: Sendable {
    package let version: Int
    package let sql: String

    /// - Parameters:
    ///   - version: 1 for the first; kept in `PRAGMA user_version`.
    ///   - sql: one or more statements; they run in one transaction.
    package init(_ version: Int, _ sql: String) {
        self.version = version
        self.sql = sql
    }
}

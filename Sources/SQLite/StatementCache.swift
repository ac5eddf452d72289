/// Prepared statements by their SQL text, the least recently used thrown out beyond `capacity`.
///
/// A statement is taken out while it runs, so that the same SQL used inside itself gets a statement of its own.
struct StatementCache {
    private struct Entry {
        let statement: Statement
        let use: UInt64
    }

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int = 64) { self.capacity = capacity }

    var count: Int { entries.count }

    mutating func take(_ sql: String) -> Statement? { entries.removeValue(forKey: sql)?.statement }

    mutating func giveBack(_ statement: Statement, for sql: String) {
        uses += 1
        if entries.count >= capacity, entries[sql] == nil,
            let oldest = entries.min(by: { $0.value.use < $1.value.use })?.key
        {
            entries.removeValue(forKey: oldest)
        }
        entries[sql] = Entry(statement: statement, use: uses)
    }

    mutating func removeAll() { entries = [:] }
}

import AWS
import ChatService
import Support

/// Who there is and what they may do, in a DynamoDB table; for any number of processes at once.
///
/// What `SQLiteDirectory` does in one transaction is one here too (`TableChanges`), as far as DynamoDB's hundred items go;
/// what is larger goes in steps, each of which leaves the directory whole, and which the same call made again goes on with.
/// All reads are strongly consistent, but for two that decide nothing: the trail of one course, and the search for a name
/// that is to be erased. docs/decisions/0034 says what stands where, and why.
package final class CloudDirectory: Sendable {
    let table: any ItemTable
    let time: any TimeSource
    private let changes: TableChanges
    /// What is one item for many (a course's head) is changed one after another in this process: only other processes can
    /// be in the way.
    private let turnstiles = (0..<64).map { _ in Turnstile() }
    private let count = Locked(UInt64(0))

    package init(
        table: any ItemTable, parameters: CloudParameters = CloudParameters(), time: any TimeSource = SystemTime()
    ) {
        self.table = table
        self.time = time
        changes = TableChanges(table: table, parameters: parameters, time: time)
    }

    /// The directory in a table of AWS. Nothing is asked of it yet: `TableSchema.check` does at the start.
    /// - Parameter patience: of each call, where a stand-in is asked; nil for the contract's deadline.
    package convenience init(dynamo: DynamoDB, patience: Duration? = nil, time: any TimeSource = SystemTime()) {
        self.init(table: DynamoTable(dynamo, deadline: patience ?? DynamoDB.deadline), time: time)
    }

    package var now: Timestamp { time.now }

    /// Reads, for readiness.
    package func check() async throws { _ = try await table.item(DirectoryKey.accountHead) }

    /// Makes a change that is atomic (`TableChanges.run`).
    func change<Value: Sendable>(_ body: (CloudTransaction) async throws -> Value) async throws -> Value {
        try await changes.run(body).value
    }

    /// The same for what many change, by its partition.
    func change<Value: Sendable>(
        in partition: String, _ body: @Sendable (CloudTransaction) async throws -> Value
    ) async throws -> Value {
        let turnstile = turnstiles[ChatKey.shard(partition, of: turnstiles.count)]
        return try await turnstile.pass { try await self.change(body) }
    }

    /// Names an entry so that what one process made in the same millisecond stays in its order.
    func stamp() -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits + RandomIdentifier.make().suffix(16)
    }

    /// Deletes what a query finds, with what belongs to each, in portions that are atomic.
    /// - Parameter keys: of one found item at most `DynamoDB.transactionLimit / portion`.
    func deleteAll(_ query: ItemQuery, portion: Int = 20, _ keys: (Item) -> [ItemKey] = { _ in [] }) async throws {
        while true {
            let found = try await table.first(portion, query.first(portion))
            if found.isEmpty { return }
            try await change { transaction in
                for item in found {
                    transaction.delete(item.key)
                    for key in keys(item) { transaction.delete(key) }
                }
            }
        }
    }
}

/// What keeps the directory in the cloud from its work, beside `CloudStoreError`.
package enum CloudDirectoryError: ExplainedError, Equatable {
    /// Bytes of what is kept as one item.
    static let most = 350_000

    case tooLarge
    case unknownRegistration

    package var label: String {
        switch self {
        case .tooLarge: "directory_too_large"
        case .unknownRegistration: "lti_unknown_registration"
        }
    }

    package var description: String {
        switch self {
        case .tooLarge:
            "The rules of a course, or the key set of a platform, have at most \(Self.most) bytes; nothing was stored."
        case .unknownRegistration: "The platform's registration was removed meanwhile; nothing was connected."
        }
    }

    /// - Throws: `tooLarge`.
    static func check(_ text: String) throws { guard text.utf8.count <= most else { throw tooLarge } }
}

import Support

extension DynamoDB {
    /// One part of a transaction. Each item may be part of one only.
    package enum Write: Sendable {
        case put(Item, if: Expression? = nil)
        case update(key: Item, Expression, if: Expression? = nil)
        case delete(key: Item, if: Expression? = nil)
        /// Changes nothing; the others are made only if it holds.
        case check(key: Item, if: Expression)
    }

    /// The most parts of a transaction.
    package static let transactionLimit = 100

    /// All of it or nothing.
    ///
    /// A try whose answer was lost is made again under the same token, which DynamoDB takes for the same transaction for
    /// ten minutes.
    /// - Throws: `AWSError` of kind `transaction`, its `reasons` in the order of the writes, with the items as they are
    ///   where conditions did not hold.
    package func transactWriteItems(
        _ writes: [Write], token: String = RandomIdentifier.make(), deadline: Duration? = nil
    ) async throws {
        precondition(writes.count <= Self.transactionLimit, "a transaction has a hundred parts at most")
        guard !writes.isEmpty else { return }
        let input = TransactionInput(items: writes.map { TransactionItem($0, table: table) }, token: token)
        _ = try await client.call("TransactWriteItems", input, as: Ignored.self, deadline: deadline ?? usual)
    }
}

/// An answer that nobody reads.
struct Ignored: Decodable, Sendable {}

private struct TransactionInput: Encodable, Sendable {
    let items: [TransactionItem]
    let token: String

    enum CodingKeys: String, CodingKey { case items = "TransactItems", token = "ClientRequestToken" }
}

private struct TransactionItem: Encodable, Sendable {
    private var put: WriteInput?
    private var update: WriteInput?
    private var delete: WriteInput?
    private var check: WriteInput?

    enum CodingKeys: String, CodingKey {
        case put = "Put", update = "Update", delete = "Delete", check = "ConditionCheck"
    }

    init(_ write: DynamoDB.Write, table: String) {
        func input(item: Item? = nil, key: Item? = nil, update: Expression? = nil, _ condition: Expression?)
            -> WriteInput
        {
            let placeholders = Placeholders([update, condition])
            return WriteInput(
                tableName: table, item: item, key: key, conditionExpression: condition?.text,
                updateExpression: update?.text, names: placeholders.names, values: placeholders.values,
                onFailure: condition == nil ? nil : "ALL_OLD")
        }
        switch write {
        case .put(let item, let condition): put = input(item: item, condition)
        case .update(let key, let expression, let condition): update = input(key: key, update: expression, condition)
        case .delete(let key, let condition): delete = input(key: key, condition)
        case .check(let key, let condition): check = input(key: key, condition)
        }
    }
}

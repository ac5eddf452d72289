import Support

/// One table of DynamoDB: its operations, typed and thin. Each call has the contract's deadline of a second.
///
/// All throw `AWSError` (`isConditionFailure`, `reasons`, `item`, `mayHaveHappened`), `AWSCredentialsError` and
/// `CancellationError`. A write with a condition, or an update, whose answer was lost is not made again by itself: its
/// error says `mayHaveHappened`, and the caller looks.
package struct DynamoDB: Sendable {
    /// The contract, section 5.
    package static let deadline = Duration.seconds(1)

    package let table: String
    let client: AWSClient
    /// For calls that say nothing else.
    let usual: Duration

    /// - Parameter deadline: of calls that name none of their own.
    package init(_ client: AWSClient, table: String, deadline: Duration = deadline) {
        self.client = client
        self.table = table
        usual = deadline
    }

    /// nil when there is no such item.
    /// - Parameter consistent: whether every write that was acknowledged before is seen.
    package func getItem(_ key: Item, consistent: Bool = true, deadline: Duration? = nil) async throws -> Item? {
        let input = KeyedInput(tableName: table, key: key, consistentRead: consistent)
        return try await client.call("GetItem", input, as: ItemOutput.self, deadline: deadline ?? usual).item
    }

    /// - Returns: the item that stood there, when `returnsOld`.
    @discardableResult
    package func putItem(
        _ item: Item, if condition: Expression? = nil, returnsOld: Bool = false, deadline: Duration? = nil
    ) async throws -> Item? {
        let placeholders = Placeholders([condition])
        let input = WriteInput(
            tableName: table, item: item, conditionExpression: condition?.text, names: placeholders.names,
            values: placeholders.values, returnValues: returnsOld ? "ALL_OLD" : nil,
            onFailure: condition == nil ? nil : "ALL_OLD")
        return try await write("PutItem", input, repeats: condition == nil ? .always : .whenUndone, deadline)
    }

    /// Changes one item, or makes it.
    /// - Parameter update: `SET …`, `REMOVE …`, `ADD …`, `DELETE …`.
    /// - Returns: the item as it is then, when `returnsNew`.
    @discardableResult
    package func updateItem(
        _ key: Item, _ update: Expression, if condition: Expression? = nil, returnsNew: Bool = false,
        deadline: Duration? = nil
    ) async throws -> Item? {
        let placeholders = Placeholders([update, condition])
        let input = WriteInput(
            tableName: table, key: key, conditionExpression: condition?.text, updateExpression: update.text,
            names: placeholders.names, values: placeholders.values, returnValues: returnsNew ? "ALL_NEW" : nil,
            onFailure: condition == nil ? nil : "ALL_OLD")
        return try await write("UpdateItem", input, repeats: .whenUndone, deadline)
    }

    /// - Returns: the item that stood there, when `returnsOld`.
    @discardableResult
    package func deleteItem(
        _ key: Item, if condition: Expression? = nil, returnsOld: Bool = false, deadline: Duration? = nil
    ) async throws -> Item? {
        let placeholders = Placeholders([condition])
        let input = WriteInput(
            tableName: table, key: key, conditionExpression: condition?.text, names: placeholders.names,
            values: placeholders.values, returnValues: returnsOld ? "ALL_OLD" : nil,
            onFailure: condition == nil ? nil : "ALL_OLD")
        return try await write("DeleteItem", input, repeats: condition == nil ? .always : .whenUndone, deadline)
    }

    private func write(
        _ operation: String, _ input: WriteInput, repeats: AWSRepeats, _ deadline: Duration?
    ) async throws -> Item? {
        let output = try await client.call(
            operation, input, as: AttributesOutput.self, repeats: repeats, deadline: deadline ?? usual)
        return output.attributes
    }

    /// Whether the table takes calls: for checks at the start and of readiness.
    package func describe(deadline: Duration? = nil) async throws -> Bool {
        let output = try await client.call(
            "DescribeTable", ["TableName": table], as: DescribeOutput.self, deadline: deadline ?? usual)
        return output.table.status == "ACTIVE" || output.table.status == "UPDATING"
    }
}

struct KeyedInput: Encodable, Sendable {
    let tableName: String
    let key: Item
    let consistentRead: Bool

    enum CodingKeys: String, CodingKey {
        case tableName = "TableName", key = "Key", consistentRead = "ConsistentRead"
    }
}

/// PutItem, UpdateItem and DeleteItem: what is nil is left out.
struct WriteInput: Encodable, Sendable {
    let tableName: String
    var item: Item?
    var key: Item?
    var conditionExpression: String?
    var updateExpression: String?
    var names: [String: String]?
    var values: Item?
    var returnValues: String?
    var onFailure: String?

    enum CodingKeys: String, CodingKey {
        case tableName = "TableName", item = "Item", key = "Key"
        case conditionExpression = "ConditionExpression", updateExpression = "UpdateExpression"
        case names = "ExpressionAttributeNames", values = "ExpressionAttributeValues"
        case returnValues = "ReturnValues", onFailure = "ReturnValuesOnConditionCheckFailure"
    }
}

struct ItemOutput: Decodable, Sendable {
    let item: Item?
    enum CodingKeys: String, CodingKey { case item = "Item" }
}

struct AttributesOutput: Decodable, Sendable {
    let attributes: Item?
    enum CodingKeys: String, CodingKey { case attributes = "Attributes" }
}

private struct DescribeOutput: Decodable, Sendable {
    struct Table: Decodable, Sendable {
        let status: String
        enum CodingKeys: String, CodingKey { case status = "TableStatus" }
    }

    let table: Table
    enum CodingKeys: String, CodingKey { case table = "Table" }
}

extension DynamoDB {
    /// What a query asks for: the items of one partition, in the order of their sort key.
    package struct Query: Sendable {
        /// On partition and sort key: `pk = :pk AND begins_with(sk, :prefix)`.
        package var condition: Expression
        /// A global secondary index instead of the table; its reads are never consistent.
        package var index: String?
        /// On other attributes; what it leaves out is read, and paid for, all the same.
        package var filter: Expression?
        package var ascending: Bool
        /// The most items read for one page, before the filter.
        package var limit: Int?
        package var consistent: Bool
        /// Where the page before ended.
        package var after: Item?

        package init(
            _ condition: Expression, index: String? = nil, filter: Expression? = nil, ascending: Bool = true,
            limit: Int? = nil, consistent: Bool = true, after: Item? = nil
        ) {
            self.condition = condition
            self.index = index
            self.filter = filter
            self.ascending = ascending
            self.limit = limit
            self.consistent = consistent
            self.after = after
        }
    }

    /// A page: up to 1 MB of items. It may be empty and still not be the last.
    package struct Page: Sendable {
        package let items: [Item]
        /// To be given as `after` for the next page; nil after the last.
        package let end: Item?
    }

    /// One page.
    package func query(_ query: Query, deadline: Duration? = nil) async throws -> Page {
        let placeholders = Placeholders([query.condition, query.filter])
        let input = QueryInput(
            tableName: table, indexName: query.index, keyCondition: query.condition.text, filter: query.filter?.text,
            names: placeholders.names, values: placeholders.values, forward: query.ascending, limit: query.limit,
            consistentRead: query.index == nil && query.consistent, start: query.after)
        let output = try await client.call("Query", input, as: QueryOutput.self, deadline: deadline ?? usual)
        return Page(items: output.items, end: output.end)
    }

    /// All items of a query, page after page.
    /// - Parameter most: reading ends with the page that reaches this many.
    package func queryAll(_ query: Query, most: Int, deadline: Duration? = nil) async throws -> [Item] {
        var (query, items) = (query, [Item]())
        while true {
            let page = try await self.query(query, deadline: deadline ?? usual)
            items += page.items
            guard let end = page.end, items.count < most else { return items }
            query.after = end
        }
    }

    /// One page of the whole table, in no order: for work in the background only.
    package func scan(
        filter: Expression? = nil, limit: Int? = nil, after: Item? = nil, deadline: Duration? = nil
    ) async throws -> Page {
        let placeholders = Placeholders([filter])
        let input = QueryInput(
            tableName: table, filter: filter?.text, names: placeholders.names, values: placeholders.values,
            limit: limit, consistentRead: true, start: after)
        let output = try await client.call("Scan", input, as: QueryOutput.self, deadline: deadline ?? usual)
        return Page(items: output.items, end: output.end)
    }

    /// The items that are there, in no order. Keys beyond the API's hundred go in further calls, and so do those that the
    /// table has put off.
    package func batchGetItem(
        _ keys: [Item], consistent: Bool = true, deadline: Duration? = nil
    ) async throws -> [Item] {
        var (waiting, found, postponements) = (keys[...], [Item](), 0)
        while !waiting.isEmpty {
            let batch = waiting.prefix(100)
            waiting = waiting.dropFirst(100)
            let input = BatchInput(requestItems: [table: KeysInput(keys: Array(batch), consistentRead: consistent)])
            let output = try await client.call("BatchGetItem", input, as: BatchOutput.self, deadline: deadline ?? usual)
            found += output.responses?[table] ?? []
            let later = output.unprocessed?[table]?.keys ?? []
            guard !later.isEmpty else { continue }
            postponements += 1
            guard postponements < 5 else { throw throttled("BatchGetItem") }
            try await client.pause(after: postponements)
            waiting = later + waiting
        }
        return found
    }

    private func throttled(_ operation: String) -> AWSError {
        AWSError(
            .throttled, code: "UnprocessedKeys", service: client.endpoint.service, operation: operation,
            region: client.endpoint.region)
    }
}

private struct QueryInput: Encodable, Sendable {
    let tableName: String
    var indexName: String?
    var keyCondition: String?
    var filter: String?
    var names: [String: String]?
    var values: Item?
    var forward: Bool?
    var limit: Int?
    let consistentRead: Bool
    var start: Item?

    enum CodingKeys: String, CodingKey {
        case tableName = "TableName", indexName = "IndexName", keyCondition = "KeyConditionExpression"
        case filter = "FilterExpression", names = "ExpressionAttributeNames", values = "ExpressionAttributeValues"
        case forward = "ScanIndexForward", limit = "Limit", consistentRead = "ConsistentRead"
        case start = "ExclusiveStartKey"
    }
}

private struct QueryOutput: Decodable, Sendable {
    let items: [Item]
    let end: Item?

    enum CodingKeys: String, CodingKey { case items = "Items", end = "LastEvaluatedKey" }
}

private struct KeysInput: Codable, Sendable {
    let keys: [Item]
    let consistentRead: Bool?

    enum CodingKeys: String, CodingKey { case keys = "Keys", consistentRead = "ConsistentRead" }
}

private struct BatchInput: Encodable, Sendable {
    let requestItems: [String: KeysInput]
    enum CodingKeys: String, CodingKey { case requestItems = "RequestItems" }
}

private struct BatchOutput: Decodable, Sendable {
    let responses: [String: [Item]]?
    let unprocessed: [String: KeysInput]?
    enum CodingKeys: String, CodingKey { case responses = "Responses", unprocessed = "UnprocessedKeys" }
}

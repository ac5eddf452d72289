import AWS
import Support

/// The table as DynamoDB has it.
package struct DynamoTable: ItemTable {
    private let dynamo: DynamoDB
    private let deadline: Duration

    /// - Parameter deadline: of each call; the contract's unless it is a stand-in that is asked, on a busy machine.
    package init(_ dynamo: DynamoDB, deadline: Duration = DynamoDB.deadline) {
        self.dynamo = dynamo
        self.deadline = deadline
    }

    package func items(_ keys: [ItemKey]) async throws -> [ItemKey: Item] {
        // One alone costs half of a batch's time.
        if keys.count == 1, let key = keys.first {
            return try await dynamo.getItem(key.item, deadline: deadline).map { [key: $0] } ?? [:]
        }
        let found = try await dynamo.batchGetItem(keys.map(\.item), deadline: deadline)
        return Dictionary(found.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    package func page(_ query: ItemQuery) async throws -> ItemPage {
        let page = try await dynamo.query(
            DynamoDB.Query(
                Self.condition(query), index: query.inIndex ? TableSchema.index : nil, ascending: !query.descending,
                limit: query.limit, after: query.after), deadline: deadline)
        return ItemPage(items: page.items, next: page.end)
    }

    static func condition(_ query: ItemQuery) -> Expression {
        let (partition, place) = query.inIndex ? ("gpk", "gsk") : ("pk", "sk")
        var (text, values): (String, Item) = ("#p = :p", [":p": .s(query.partition)])
        switch query.range {
        case .all: return Expression(text, names: ["#p": partition], values: values)
        case .begins(let prefix): (text, values[":a"]) = (text + " AND begins_with(#s, :a)", .s(prefix))
        case .between(let first, let last):
            text += " AND #s BETWEEN :a AND :b"
            (values[":a"], values[":b"]) = (.s(first), .s(last))
        case .before(let end): (text, values[":a"]) = (text + " AND #s < :a", .s(end))
        case .after(let start): (text, values[":a"]) = (text + " AND #s > :a", .s(start))
        }
        return Expression(text, names: ["#p": partition, "#s": place], values: values)
    }

    package func commit(_ writes: [ItemWrite], token: String) async throws {
        guard writes.count <= DynamoDB.transactionLimit else { throw CloudStoreError.tooLarge }
        do {
            // A transaction costs twice what a write alone does.
            if writes.count == 1, let write = writes.first {
                try await alone(write)
            } else {
                try await dynamo.transactWriteItems(writes.map(Self.part), token: token, deadline: deadline)
            }
        } catch let error as AWSError {
            throw Self.failure(error)
        }
    }

    /// What an error says of the writes.
    static func failure(_ error: AWSError) -> any Error {
        switch error.kind {
        case .condition, .transaction:
            // Not of the kind that another try mends: an item of a wrong form or size.
            let isFault = error.reasons.contains {
                ["ValidationError", "ItemCollectionSizeLimitExceeded"].contains($0.code)
            }
            return isFault ? error : CommitFailure.conflict
        case .timeout, .unreachable, .unavailable, .throttled, .unreadable: return CommitFailure.unsure(error)
        case .invalid where error.code == "TransactionInProgressException": return CommitFailure.unsure(error)
        default: return error.mayHaveHappened ? CommitFailure.unsure(error) : error
        }
    }

    private func alone(_ write: ItemWrite) async throws {
        switch write {
        case .put(let item, let condition): try await dynamo.putItem(item, if: condition.expression, deadline: deadline)
        case .delete(let key, let condition):
            try await dynamo.deleteItem(key.item, if: condition.expression, deadline: deadline)
        case .add, .set:
            try await dynamo.updateItem(
                write.key.item, Self.update(write), if: write.condition.expression, deadline: deadline)
        case .check: try await dynamo.transactWriteItems([Self.part(write)], deadline: deadline)
        }
    }

    private static func part(_ write: ItemWrite) -> DynamoDB.Write {
        switch write {
        case .put(let item, let condition): .put(item, if: condition.expression)
        case .delete(let key, let condition): .delete(key: key.item, if: condition.expression)
        case .add, .set: .update(key: write.key.item, update(write), if: write.condition.expression)
        case .check(let key, let condition): .check(key: key.item, if: condition.expression ?? "attribute_exists(pk)")
        }
    }

    /// Names of attributes are placeholders throughout: many are reserved words.
    private static func update(_ write: ItemWrite) -> Expression {
        var (names, values, clauses): ([String: String], Item, [String]) = ([:], [:], [])
        func name(_ attribute: String) -> String {
            let placeholder = "#u\(names.count)"
            names[placeholder] = attribute
            return placeholder
        }
        switch write {
        case .add(_, let numbers, _):
            let parts = numbers.sorted { $0.key < $1.key }.map { attribute, number in
                let placeholder = name(attribute)
                values[":u\(values.count)"] = .n(ItemNumber.text(number))
                return "\(placeholder) :u\(values.count - 1)"
            }
            clauses.append("ADD " + parts.joined(separator: ", "))
        case .set(_, let fields, let removed, _):
            let parts = fields.sorted { $0.key < $1.key }.map { attribute, value in
                let placeholder = name(attribute)
                values[":u\(values.count)"] = value
                return "\(placeholder) = :u\(values.count - 1)"
            }
            if !parts.isEmpty { clauses.append("SET " + parts.joined(separator: ", ")) }
            if !removed.isEmpty { clauses.append("REMOVE " + removed.map(name).joined(separator: ", ")) }
        case .put, .delete, .check: break
        }
        return Expression(clauses.joined(separator: " "), names: names, values: values)
    }
}

/// Numbers as DynamoDB takes them.
enum ItemNumber {
    /// Whole ones without a point.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}

extension ItemKey {
    var item: Item { ["pk": .s(pk), "sk": .s(sk)] }
}

extension ItemWrite {
    var condition: ItemCondition {
        switch self {
        case .put(_, let condition), .delete(_, let condition), .check(_, let condition), .add(_, _, let condition),
            .set(_, _, _, let condition):
            condition
        }
    }
}

extension ItemCondition {
    var expression: Expression? {
        switch self {
        case .none: return nil
        case .absent: return "attribute_not_exists(pk)"
        case .version(let version):
            return Expression("#c0 = :c0", names: ["#c0": "v"], values: [":c0": .s(version)])
        case .below(let field, let limit):
            return Expression(
                "attribute_not_exists(#c0) OR #c0 < :c0", names: ["#c0": field], values: [":c0": .n(String(limit))])
        case .fields(let fields, let lacking):
            var (names, values, parts): ([String: String], Item, [String]) = ([:], [:], ["attribute_exists(pk)"])
            for (number, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                names["#c\(number)"] = field.key
                values[":c\(number)"] = field.value
                parts.append("#c\(number) = :c\(number)")
            }
            if let lacking {
                names["#cl"] = lacking
                parts.append("attribute_not_exists(#cl)")
            }
            return Expression(parts.joined(separator: " AND "), names: names, values: values)
        }
    }
}

import AWS
import Support

/// The one table: what it must look like, for whoever makes it (Terraform, a test) and for the check at the start.
///
/// | | |
/// |---|---|
/// | key | `pk` (string), `sk` (string) |
/// | index `gsi1` | `gpk` (string), `gsk` (string); keys only |
/// | time to live | `ttl` |
/// | billing | on demand |
package enum TableSchema {
    package static let index = "gsi1"
    package static let timeToLive = "ttl"

    /// Checks the table that a store is to work with.
    /// - Throws: `CloudStoreError` for one of another form; `AWSError` where there is none, or it may not be used.
    package static func check(_ client: AWSClient, table: String, deadline: Duration = .seconds(5)) async throws {
        let output = try await client.call(
            "DescribeTable", ["TableName": table], as: Description.self, deadline: deadline)
        guard ["ACTIVE", "UPDATING"].contains(output.table.status) else { throw CloudStoreError.tableNotReady(table) }
        let index = output.table.indexes?.first { $0.name == Self.index }
        guard output.table.keys == Self.keys("pk", "sk"), index?.keys == Self.keys("gpk", "gsk"),
            Set(output.table.attributes).isSuperset(of: ["pk", "sk", "gpk", "gsk"].map { Attribute($0) })
        else { throw CloudStoreError.otherSchema(table) }
    }

    /// Makes the table, for tests and for a laptop with a stand-in; in AWS Terraform does. Returns when it may be used.
    package static func create(_ client: AWSClient, table: String, deadline: Duration = .seconds(5)) async throws {
        let input = Creation(
            table: table, attributes: ["pk", "sk", "gpk", "gsk"].map { Attribute($0) }, keys: keys("pk", "sk"),
            indexes: [Creation.Index(name: index, keys: keys("gpk", "gsk"))])
        _ = try await client.call("CreateTable", input, as: Nothing.self, deadline: deadline)
        for _ in 0..<60 {
            do {
                try await check(client, table: table, deadline: deadline)
                return
            } catch CloudStoreError.tableNotReady {
                try await Task.sleep(for: .seconds(1))
            }
        }
        throw CloudStoreError.tableNotReady(table)
    }

    private static func keys(_ partition: String, _ place: String) -> [Key] {
        [Key(name: partition, type: "HASH"), Key(name: place, type: "RANGE")]
    }

    private struct Nothing: Decodable, Sendable {}

    private struct Key: Codable, Sendable, Equatable {
        let name: String
        let type: String
        enum CodingKeys: String, CodingKey { case name = "AttributeName", type = "KeyType" }
    }

    private struct Attribute: Codable, Sendable, Hashable {
        let name: String
        let type: String
        init(_ name: String) { (self.name, type) = (name, "S") }
        enum CodingKeys: String, CodingKey { case name = "AttributeName", type = "AttributeType" }
    }

    private struct Creation: Encodable, Sendable {
        struct Index: Encodable, Sendable {
            let name: String
            let keys: [Key]
            let projection = ["ProjectionType": "KEYS_ONLY"]
            enum CodingKeys: String, CodingKey {
                case name = "IndexName", keys = "KeySchema", projection = "Projection"
            }
        }

        let table: String
        let attributes: [Attribute]
        let keys: [Key]
        let indexes: [Index]
        let billing = "PAY_PER_REQUEST"
        enum CodingKeys: String, CodingKey {
            case table = "TableName", attributes = "AttributeDefinitions", keys = "KeySchema"
            case indexes = "GlobalSecondaryIndexes", billing = "BillingMode"
        }
    }

    private struct Description: Decodable, Sendable {
        struct Index: Decodable, Sendable {
            let name: String
            let keys: [Key]
            enum CodingKeys: String, CodingKey { case name = "IndexName", keys = "KeySchema" }
        }

        struct Table: Decodable, Sendable {
            let status: String
            let keys: [Key]
            let attributes: [Attribute]
            let indexes: [Index]?
            enum CodingKeys: String, CodingKey {
                case status = "TableStatus", keys = "KeySchema", attributes = "AttributeDefinitions"
                case indexes = "GlobalSecondaryIndexes"
            }
        }

        let table: Table
        enum CodingKeys: String, CodingKey { case table = "Table" }
    }
}

import AWS
import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What DynamoDB and SQS must understand as it is meant, asked of moto.
@Suite(
    "Table and queues in moto", .enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"), .timeLimit(.minutes(5)))
struct MotoTests {
    private let bench = MotoBench()

    @Test("Each condition, each kind of write, alone and together; and all pages of a query")
    func table() async throws {
        let table = MotoTable(bench: bench)
        func key(_ number: Int) -> ItemKey { ItemKey("p", "s\(number)") }
        func conflicts(_ writes: [ItemWrite]) async throws -> Bool {
            do {
                try await table.commit(writes, token: RandomIdentifier.make())
                return false
            } catch CommitFailure.conflict {
                return true
            }
        }
        let item: Item = ["v": "1", "name": "x", "n": .n("3")]
        for together in [false, true] {
            let other: [ItemWrite] =
                together ? [.put(["a": "b"].at(ItemKey("q", RandomIdentifier.make())), .none)] : []
            try await table.commit([.put(item.at(key(1)), .none)] + other, token: RandomIdentifier.make())
            #expect(try await conflicts([.put(item.at(key(1)), .absent)] + other))
            #expect(try await conflicts([.put(item.at(key(1)), .version("2"))] + other))
            #expect(try await !conflicts([.put(item.at(key(1)), .version("1"))] + other))
            #expect(try await conflicts([.delete(key(1), .version("2"))] + other))
            #expect(
                try await conflicts(
                    [.set(key(1), ["name": "y"], remove: [], .fields(["name": "z"], lacking: nil))] + other))
            #expect(
                try await conflicts(
                    [.set(key(1), ["name": "y"], remove: [], .fields(["name": "x"], lacking: "n"))] + other))
            #expect(
                try await !conflicts(
                    [.set(key(1), ["name": "y"], remove: ["n"], .fields(["name": "x"], lacking: "m"))] + other))
            #expect(try await table.item(key(1)) == ["v": "1", "name": "y"].at(key(1)))
            #expect(try await !conflicts([.add(key(2), ["open": 1, "cost": 0.25], .below("open", 1))] + other))
            #expect(try await conflicts([.add(key(2), ["open": 1], .below("open", 1))] + other))
            #expect(try await table.item(key(2))?.double("cost") == 0.25)
            #expect(try await !conflicts([.delete(key(2), .none)] + other))
        }
        #expect(try await conflicts([.check(key(9), .version("1")), .put(item.at(key(1)), .none)]))
        for number in 3..<9 {
            try await table.commit(
                [.put(["gpk": "g", "gsk": .s("\(9 - number)")].at(key(number)), .none)], token: RandomIdentifier.make())
        }
        func places(_ query: ItemQuery) async throws -> String {
            try await table.first(100, query).compactMap { $0.text("sk")?.last.map(String.init) }.joined()
        }
        #expect(try await places(ItemQuery("p").first(2)) == "1345678")
        #expect(try await places(ItemQuery("p", .begins("s")).backwards.first(3)) == "8765431")
        #expect(try await places(ItemQuery("p", .between("s3", "s5"))) == "345")
        #expect(try await places(ItemQuery("p", .before("s4"))) == "13")
        #expect(try await places(ItemQuery("p", .after("s6"))) == "78")
        #expect(try await places(ItemQuery("g").index.first(2)) == "876543")
        #expect(try await places(ItemQuery("g", .before("3")).index) == "87")
        #expect(try await table.all((0..<120).map(key)).count == 7)
    }

    @Test("A table that is not there, and one of other keys, are said by name")
    func schema() async throws {
        let client = try await MotoBench.client(.dynamoDB)
        let missing = await #expect(throws: AWSError.self) {
            try await TableSchema.check(client, table: "nowhere", deadline: MotoBench.deadline)
        }
        #expect(missing?.kind == .missing && missing?.description.contains("GEPETO_HISTORY") == true)
        struct Other: Encodable, Sendable {
            let TableName: String
            let AttributeDefinitions = [["AttributeName": "id", "AttributeType": "S"]]
            let KeySchema = [["AttributeName": "id", "KeyType": "HASH"]]
            let BillingMode = "PAY_PER_REQUEST"
        }
        struct Nothing: Decodable, Sendable {}
        let name = "other-\(RandomIdentifier.make())"
        _ = try await client.call("CreateTable", Other(TableName: name), as: Nothing.self, deadline: MotoBench.deadline)
        await #expect(throws: CloudStoreError.otherSchema(name)) {
            try await TableSchema.check(client, table: name, deadline: MotoBench.deadline)
        }
        let parts = try await bench.parts()
        try await TableSchema.check(parts.dynamo, table: parts.table, deadline: MotoBench.deadline)
    }

    @Test("A message is a job's id with its trace; it is hidden, shown again and deleted")
    func queue() async throws {
        let parts = try await bench.parts()
        let sqs = try #require(parts.queues[.question])
        let queue = SQSMessages(sqs, deadline: MotoBench.deadline)
        try await queue.check()
        let trace = RandomIdentifier.make()
        let sent = try await queue.send((0..<10).map { JobMessage(job: "j\($0)", kind: .question, traceID: trace) })
        #expect(sent.count == 10)
        let raw = try #require(
            try await sqs.receiveMessages(
                most: 1, visibility: .zero, deadline: MotoBench.deadline
            ).first)
        #expect(raw.attributes["traceId"] == trace)
        #expect(raw.attributes["traceparent"]?.hasPrefix("00-\(trace)-") == true)
        var receipts: [String] = []
        while let message = try await queue.receive(waiting: .zero, hiddenFor: .seconds(600)) {
            receipts.append(message.receipt)
        }
        #expect(receipts.count == 10)
        try await queue.hide(receipts[3], for: .zero)
        let again = try #require(try await queue.receive(waiting: .seconds(1), hiddenFor: .seconds(600)))
        try await queue.delete(receipts.filter { $0 != receipts[3] } + [again.receipt])
        #expect(try await sqs.getQueueAttributes(deadline: MotoBench.deadline).inFlight == 0)
        #expect(try await !queue.redrive(), "it has no dead-letter queue")
        let wrong = SQSMessages(
            try SQS(parts.sqs, queueURL: parts.queues[.question].map { $0.queueURL + "x" } ?? ""),
            deadline: MotoBench.deadline)
        let error = await #expect(throws: AWSError.self) { try await wrong.check() }
        #expect(error?.description.contains("GEPETO_QUEUE") == true)
    }
}

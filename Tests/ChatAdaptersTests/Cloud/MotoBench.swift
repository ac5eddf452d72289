import AWS
import ChatService
import HTTPClient
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// A table and two queues in moto, for one test; made when they are first used.
final class MotoBench: Sendable {
    struct Made: Sendable {
        let dynamo: AWSClient
        let sqs: AWSClient
        let table: String
        let queues: [JobKind: SQS]
    }

    /// Of calls to moto, which is one Python process for all tests of a busy machine.
    static let deadline = Duration.seconds(60)

    private let made = Locked<Made?>(nil)
    private let turnstile = Turnstile()

    private static let http = HTTPClient(log: .silent)
    private static let budget = AWSRetryBudget()

    /// Calls to the one moto of this process.
    static func client(_ service: AWSService) async throws -> AWSClient {
        let moto = try await MotoServer.shared()
        return AWSClient(
            try AWSEndpoint(service, region: "eu-west-1", url: moto.url),
            credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")), http: http,
            retries: budget)
    }

    func parts() async throws -> Made {
        if let made = made.withLock({ $0 }) { return made }
        return try await turnstile.pass {
            if let made = self.made.withLock({ $0 }) { return made }
            let (dynamo, sqs) = (try await Self.client(.dynamoDB), try await Self.client(.sqs))
            let name = "t\(RandomIdentifier.make())"
            try await TableSchema.create(dynamo, table: name, deadline: Self.deadline)
            var queues: [JobKind: SQS] = [:]
            for kind in JobKind.allCases {
                queues[kind] = try SQS(sqs, queueURL: try await Self.queue("\(name)-\(kind.rawValue)", sqs))
            }
            let made = Made(dynamo: dynamo, sqs: sqs, table: name, queues: queues)
            self.made.withLock { $0 = made }
            return made
        }
    }

    /// Makes a queue.
    static func queue(_ name: String, _ sqs: AWSClient) async throws -> String {
        struct Output: Decodable, Sendable { let QueueUrl: String }
        return try await sqs.call("CreateQueue", ["QueueName": name], as: Output.self, deadline: deadline).QueueUrl
    }
}

/// The table of a bench.
struct MotoTable: ItemTable {
    let bench: MotoBench

    private func table() async throws -> DynamoTable {
        let parts = try await bench.parts()
        return DynamoTable(DynamoDB(parts.dynamo, table: parts.table), deadline: MotoBench.deadline)
    }

    func items(_ keys: [ItemKey]) async throws -> [ItemKey: Item] { try await table().items(keys) }
    func page(_ query: ItemQuery) async throws -> ItemPage { try await table().page(query) }
    func commit(_ writes: [ItemWrite], token: String) async throws { try await table().commit(writes, token: token) }
}

/// A queue of a bench.
struct MotoMessages: JobMessages {
    let bench: MotoBench
    let kind: JobKind

    private func queue() async throws -> SQSMessages {
        SQSMessages(try #require(try await bench.parts().queues[kind]), deadline: MotoBench.deadline)
    }

    func send(_ messages: [JobMessage]) async throws -> Set<String> { try await queue().send(messages) }
    func receive(waiting wait: Duration, hiddenFor hidden: Duration) async throws -> ReceivedMessage? {
        try await queue().receive(waiting: wait, hiddenFor: hidden)
    }
    func delete(_ receipts: [String]) async throws { try await queue().delete(receipts) }
    func hide(_ receipt: String, for duration: Duration) async throws { try await queue().hide(receipt, for: duration) }
}

import AWS
import ChatService
import Support

extension CloudChatStore {
    /// The store on a table and queues of AWS. Nothing is asked of them yet: `TableSchema.check` and `SQSMessages.check`
    /// do at the start.
    package convenience init(
        dynamo: DynamoDB, questions: SQS, documents: SQS, sessions: any Sessions,
        eraser: (any SessionEraser)? = nil, limits: JobLimits = JobLimits(), retention: Duration? = nil,
        time: any TimeSource = SystemTime(), log: Log = .silent
    ) {
        self.init(
            table: DynamoTable(dynamo), questions: SQSMessages(questions), documents: SQSMessages(documents),
            sessions: sessions, eraser: eraser, limits: limits, retention: retention, time: time, log: log)
    }

    /// What stands in the store, for metrics; counted up to a thousand each.
    package struct Figures: Sendable {
        package var open: [JobKind: Int] = [:]
        package var deadLetters = 0
        package var unpublished = 0
    }

    private static let mostCounted = 1_000

    package func figures() async throws -> Figures {
        var figures = Figures()
        for kind in JobKind.allCases { figures.open[kind] = try await open(kind) }
        let now = time.now
        figures.deadLetters = try await table.first(Self.mostCounted, ItemQuery(ChatKey.letters)) { !$0.isPast(now) }
            .count
        for shard in 0..<ChatKey.shards {
            figures.unpublished += try await table.first(Self.mostCounted, ItemQuery(ChatKey.tell(shard)).index).count
        }
        return figures
    }
}

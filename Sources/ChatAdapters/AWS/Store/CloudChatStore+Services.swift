import AWS
import ChatService
import Support

extension CloudChatStore {
    /// Longer than any poll of SQS lasts, with what its answer takes.
    package static let poll = JobInbox.longestPoll + .seconds(5)

    /// After the last worker has left: gives back what was received for none. Takes as long as a poll lasts.
    package func close() async { for inbox in inboxes.values { await inbox.close() } }

    /// The store on a table and queues of AWS. Nothing is asked of them yet: `TableSchema.check` and `SQSMessages.check`
    /// do at the start.
    /// - Parameter patience: of each call, where stand-ins are asked; nil for the contract's deadlines.
    package convenience init(
        dynamo: DynamoDB, questions: SQS, documents: SQS, sessions: any Sessions,
        eraser: (any SessionEraser)? = nil, limits: JobLimits = JobLimits(), retention: Duration? = nil,
        patience: Duration? = nil, time: any TimeSource = SystemTime(), log: Log = .silent
    ) {
        self.init(
            table: DynamoTable(dynamo, deadline: patience ?? DynamoDB.deadline),
            questions: SQSMessages(questions, deadline: patience ?? SQS.deadline),
            documents: SQSMessages(documents, deadline: patience ?? SQS.deadline), sessions: sessions, eraser: eraser,
            limits: limits, retention: retention, time: time, log: log)
    }
}

extension CloudChatStore: StoreHealth {
    /// Letters, and ends to be told, are counted up to that.
    private static let mostCounted = 1_000
    /// Open jobs of a shard that are looked at for the oldest one.
    private static let mostLooked = 250

    /// Of open jobs SQS knows about how many are in hand and how many are due; the others are parked.
    package func figures() async throws -> StoreFigures {
        var figures = StoreFigures()
        for kind in JobKind.allCases { figures.lines[kind] = try await line(kind) }
        let now = time.now
        figures.deadLetters = try await table.first(Self.mostCounted, ItemQuery(ChatKey.letters)) { !$0.isPast(now) }
            .count
        for shard in 0..<ChatKey.shards {
            figures.unpublished += try await table.first(Self.mostCounted, ItemQuery(ChatKey.tell(shard)).index).count
        }
        return figures
    }

    private func line(_ kind: JobKind) async throws -> StoreFigures.Line {
        var line = StoreFigures.Line()
        let open = try await open(kind)
        // The table stands in for a queue that cannot be counted.
        let messages = (try? await queues[kind]?.counts()) ?? nil
        line.leased = min(messages?.hidden ?? 0, open)
        line.waiting = min(messages?.visible ?? open, open - line.leased)
        line.parked = open - line.leased - line.waiting
        if open > 0 { line.oldestWaiting = try await oldestWaiting(kind) }
        return line
    }

    /// The age of the job of that kind that waits longest, among those in the line that are looked after first.
    private func oldestWaiting(_ kind: JobKind) async throws -> Duration? {
        var oldest: Timestamp?
        for shard in 0..<ChatKey.shards {
            let keys = try await table.page(ItemQuery(ChatKey.watch(shard)).index.first(Self.mostLooked)).items.map(
                \.key)
            for item in try await table.all(keys).values {
                let job = try JobItem(item)
                guard job.kind == kind, job.state == .waiting else { continue }
                oldest = min(oldest ?? job.acceptedAt, job.acceptedAt)
            }
        }
        let now = time.now
        return oldest.map { max(now - $0, .zero) }
    }
}

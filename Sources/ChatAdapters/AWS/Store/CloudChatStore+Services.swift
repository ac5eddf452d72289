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
    /// Open jobs that are looked at for the oldest one.
    private static let mostLooked = 100

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
        let messages = try await queues[kind]?.counts()
        line.leased = min(messages?.hidden ?? 0, open)
        line.waiting = min(messages?.visible ?? open, open - line.leased)
        line.parked = open - line.leased - line.waiting
        if open > line.leased, kind == .question { line.oldestWaiting = try await oldestWaiting() }
        return line
    }

    /// The age of the oldest question that waits: among those accepted since the last deadline, for none lives longer.
    private func oldestWaiting() async throws -> Duration? {
        let now = time.now
        let start = now + (.zero - limits.deadline)
        for hour in ChatKey.hour(start)...ChatKey.hour(now) {
            let query = ItemQuery(ChatKey.acceptedIn(hour), .after(ChatKey.text(start)))
            let items = try await table.page(query.first(Self.mostLooked)).items
            let ids = items.compactMap { $0.text("sk")?.split(separator: "#").last.map(String.init) }
            let jobs = try await table.all(ids.map(ChatKey.job))
            for job in try ids.compactMap({ try jobs[ChatKey.job($0)].map(JobItem.init) }) where job.state == .waiting {
                return now - job.acceptedAt
            }
        }
        return nil
    }
}

import AWS
import ChatService
import Support

/// Sends the messages of jobs that are in the line: at once when they step in, and again when that was not confirmed.
///
/// What is to be sent stands in the job's own item (`look`, in the index), so it is stored together with the job.
final class Outbox: Sendable {
    /// Jobs of one partition of the index looked at in one round.
    private static let portion = 100

    private let table: any ItemTable
    private let limits: JobLimits
    private let parameters: CloudParameters
    private let time: any TimeSource
    private let log: Log
    private let batchers: [JobKind: Batcher<JobMessage>]
    /// Whether the last call to a queue failed: nobody waits for the next one then.
    private let isTroubled: Locked<Bool>

    init(
        table: any ItemTable, queues: [JobKind: any JobMessages], limits: JobLimits, parameters: CloudParameters,
        time: any TimeSource, log: Log
    ) {
        self.table = table
        self.limits = limits
        self.parameters = parameters
        self.time = time
        self.log = log
        let isTroubled = Locked(false)
        self.isTroubled = isTroubled
        batchers = queues.mapValues { queue in
            Batcher(most: 10) { messages in
                do {
                    let sent = try await queue.send(messages)
                    isTroubled.withLock { $0 = false }
                    await Self.confirm(messages.filter { sent.contains($0.job) }, table, parameters, time)
                } catch {
                    isTroubled.withLock { $0 = true }
                    // The sweep sends them again.
                    log.warning("messages not sent yet", ["count": "\(messages.count)", "error": error.label])
                }
            }
        }
    }

    /// Sends; a failure is only logged. While the queue is in trouble this does not wait for it.
    func send(_ messages: [JobMessage]) async {
        guard !messages.isEmpty else { return }
        if isTroubled.withLock({ $0 }) {
            // Not a child: whoever asks must not wait for a queue that does not answer. It ends with the call's deadline, and
            // the sweep makes up for it when the process ends first.
            Task { await self.deliver(messages) }
        } else {
            await deliver(messages)
        }
    }

    /// Returns when each message was sent, or was not.
    private func deliver(_ messages: [JobMessage]) async {
        await withTaskGroup(of: Void.self) { group in
            for message in messages { group.addTask { await self.batchers[message.kind]?.hand(message) } }
        }
    }

    /// Notes that the messages are in the queue: nobody need look after the jobs for a while. Whoever was leased meanwhile
    /// is left alone.
    private static func confirm(
        _ messages: [JobMessage], _ table: any ItemTable, _ parameters: CloudParameters, _ time: any TimeSource
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for message in messages {
                group.addTask {
                    // Unconfirmed it is sent once more, which is harmless.
                    try? await Self.postpone(message.job, by: parameters.patience, table, time)
                }
            }
        }
    }

    private static func postpone(
        _ id: String, by patience: Duration, _ table: any ItemTable, _ time: any TimeSource
    ) async throws {
        guard let item = try await table.item(ChatKey.job(id)) else { return }
        var job = try JobItem(item)
        let runs = job.state == .leased && job.due > time.steady
        guard job.isOpen, !job.isParked, !runs, let version = item.text("v") else { return }
        job.look = max(job.due, time.steady) + patience
        let token = RandomIdentifier.make()
        try await table.commit(
            [.put(job.item.merging(["v": .s(token)]) { $1 }, .version(version))], token: token)
    }

    /// One round: sends again what is due, and was not confirmed or not leased for long.
    /// - Returns: how many.
    func sweep() async throws -> Int {
        let now = time.steady
        let keys = try await Self.due(at: now, limit: Self.portion, table)
        let jobs = try await table.all(keys).values.compactMap { try? JobItem($0) }
        let lost = jobs.filter { job in
            job.isOpen && !job.isParked && job.deadline > now && job.due <= now && job.look <= now
                && job.tries < limits.tries(job.kind)
        }
        await deliver(lost.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.map(\.notice))
        return lost.count
    }

    /// Jobs that somebody has to look at, the most urgent of each partition.
    static func due(at now: Timestamp, limit: Int, _ table: any ItemTable) async throws -> [ItemKey] {
        try await withThrowingTaskGroup(of: [ItemKey].self) { group in
            for shard in 0..<ChatKey.shards {
                group.addTask {
                    let query = ItemQuery(ChatKey.watch(shard), .before(ChatKey.text(now + .milliseconds(1)))).index
                    return try await table.first(limit, query.first(limit)).map(\.key)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}

import AWS
import ChatService
import Support

/// The line of jobs before the workers, within one transaction; what `JobLine` is for SQLite.
///
/// The user's line is one item (`UserLine`), read by all that accept or end one of the user's questions. The backlog is
/// counted in `rooms` items, each with its share of the limit: one alone would be a hot spot, since of the transactions
/// that write an item at the same time all but one are refused.
struct CloudLine {
    /// Parts of the backlog's counter. One of them takes about 50 transactions a second, since each holds it for some 20 ms.
    private static let mostRooms = 16

    let transaction: CloudTransaction
    let limits: JobLimits
    let parameters: CloudParameters

    static func rooms(_ backlog: Int) -> Int { max(1, min(mostRooms, backlog)) }

    /// The share of one part: together they are the limit.
    static func size(ofRoom room: Int, _ backlog: Int) -> Int {
        backlog / rooms(backlog) + (room < backlog % rooms(backlog) ? 1 : 0)
    }

    func userLine(_ user: UserID) async throws -> UserLine {
        try UserLine(text: try await transaction.item(ChatKey.line(user))?.text("open") ?? "")
    }

    private func put(_ line: UserLine, of user: UserID) {
        // It stays when it is empty: its version tells apart what happened in between.
        transaction.put(["open": .s(line.text)], at: ChatKey.line(user))
    }

    /// Stores a new job, in the line or parked; what it refers to is the caller's to store.
    /// - Throws: `IntakeError.backlogFull`.
    func insert(_ job: Job) async throws {
        var item = JobItem(job, at: transaction.steady)
        item.room = try await claimRoom(job.kind, job.id)
        if let question = job.task.question {
            var line = try await userLine(job.user)
            let isParked = line.enter(job.id, of: question.conversationID, cap: limits.activePerUser)
            guard let isParked else { throw IntakeError.backlogFull }
            item.isParked = isParked
            put(line, of: job.user)
            UsageItems.enter(job, transaction)
            transaction.put([:], at: ChatKey.accepted(job.acceptedAt, job.id))
            if let given = question.given {
                let parts = GivenTurns.parts(given)
                guard parts.count <= Self.mostParts else { throw CloudStoreError.tooLarge }
                for (number, part) in parts.enumerated() {
                    transaction.put(
                        (["text": .b(part)] as Item).kept(until: job.acceptedAt + Self.jobAge),
                        at: ChatKey.given(job.id, number))
                }
            }
        } else {
            transaction.put([:], at: ChatKey.loaded(job.user, job.id))
        }
        if !item.isParked { send(&item) }
        transaction.put(item.item, at: item.key)
    }

    /// Parts of what was given along: a transaction takes 4 MB.
    static let mostParts = 10
    /// How long an ended job is kept, and what was said in it. Who was not told of its end by then never will be: a session
    /// is known for as long.
    static let jobAge = Duration.seconds(7 * 24 * 3600)

    /// Notes that its message goes out when this is committed; until that is confirmed it is looked at soon.
    func send(_ item: inout JobItem) {
        item.look = item.due + parameters.confirmation
        transaction.sends.append(item.notice)
    }

    /// Counts the job in one of the parts. The first try takes one without looking; when that is full, or another
    /// transaction was at it, the next looks at all.
    private func claimRoom(_ kind: JobKind, _ id: String) async throws -> Int {
        let backlog = limits.backlog(kind)
        let count = Self.rooms(backlog)
        var room = ChatKey.shard(id, of: count)
        if transaction.attempt > 0 {
            let keys = (0..<count).map { ChatKey.backlog(kind, $0) }
            try await transaction.read(keys)
            var free: [Int] = []
            for number in 0..<count {
                let open = try await transaction.item(keys[number])?.int("open") ?? 0
                if open < Self.size(ofRoom: number, backlog) { free.append(number) }
            }
            guard let found = free.randomElement() else { throw IntakeError.backlogFull }
            room = found
        }
        transaction.add(
            ChatKey.backlog(kind, room), ["open": 1], if: .below("open", Self.size(ofRoom: room, backlog)))
        return room
    }

    /// Ends an open job, and lets those step in that waited for its end.
    /// - Parameter terminal: the job's terminal event.
    func end(_ job: inout JobItem, as state: JobItem.State, by token: String? = nil, _ terminal: ChatEvent) async throws
    {
        job.state = state
        job.isParked = false
        job.token = nil
        job.endedBy = token
        job.updatedAt = transaction.now
        transaction.put(job.item, at: job.key)
        transaction.put(
            (["event": .s(JSONText.encode(terminal))] as Item).kept(until: transaction.now + Self.jobAge),
            at: ChatKey.end(job.id))
        transaction.add(ChatKey.backlog(job.kind, job.room), ["open": -1])
        if job.kind == .question { try await leave(job) }
    }

    private func leave(_ job: JobItem) async throws {
        var line = try await userLine(job.user)
        for id in line.leave(job.id, cap: limits.activePerUser) {
            guard let item = try await transaction.item(ChatKey.job(id)) else { continue }
            var next = try JobItem(item)
            guard next.isOpen, next.isParked else { continue }
            next.isParked = false
            next.due = transaction.steady
            send(&next)
            transaction.put(next.item, at: next.key)
        }
        put(line, of: job.user)
    }
}

extension CloudTransaction {
    /// The job, unless its time is over.
    func job(_ id: String) async throws -> JobItem? {
        guard RandomIdentifier.isWellFormed(id), let item = try await item(ChatKey.job(id)), !item.isPast(now) else {
            return nil
        }
        return try JobItem(item)
    }
}

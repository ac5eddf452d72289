import ChatService
import Redis
import Support

extension RedisSessions: Sessions {
    package func createSession(owner: UserID) async throws -> String {
        let id = SessionKey(at: clock.here(time)).text
        _ = try await client.run(
            SessionScripts.create, keys: logKeys(id) + [keys.sessions(of: owner.name)],
            [.text(owner.name), .text(Self.newEpoch()), .text(id), .number(clock.here(time).milliseconds)],
            isRepeatable: true)
        return id
    }

    package func owner(ofSession id: String) async throws -> UserID? {
        guard let key = SessionKey(id) else { return nil }
        if let mirror = table.find(key), mirror.isLoaded, let session = mirror.session { return session.owner }
        return try await storedOwner(id)
    }

    @discardableResult
    package func append(_ event: ChatEvent, to session: String) async throws -> Int64? {
        guard SessionKey(session) != nil else { return nil }
        let frame = UnnumberedFrame(event, at: time.now)
        let job = event.jobID ?? ""
        let arguments: [RedisCommand.Argument] = [
            .number(clock.argument), .text(Self.newEpoch()), .text(event.kind.rawValue), .text(job),
            .number(event.isTerminal ? 1 : 0), .number(event.isDurable ? 1 : 0), .bytes(frame.head), .bytes(frame.tail),
            .text(keys.channel(session)),
        ]
        // Only a terminal event is appended once however often it is said.
        return try await client.run(
            SessionScripts.append, keys: logKeys(session) + [keys.end(session, job: job)], arguments,
            isRepeatable: event.isTerminal
        ).number
    }

    /// Redis is as quick to store an event as to tell it.
    package func tell(_ event: ChatEvent, to session: String) async throws -> EventStoring? {
        try await append(event, to: session)
        return nil
    }

    package func subscribe(to session: String, after: Int64?) async throws -> Subscription? {
        guard let live = try await follow(session) else { return nil }
        return live.subscribe(after: after, time: time)
    }

    package func feed(of session: String) async throws -> (any SessionFeed)? { try await follow(session) }

    /// Deletes a session's events for good; its numbers go on, and a new epoch tells its readers.
    package func clear(_ session: String) async throws {
        guard SessionKey(session) != nil else { return }
        _ = try await client.run(
            SessionScripts.clear, keys: logKeys(session), [.text(Self.newEpoch()), .text(keys.channel(session))],
            isRepeatable: true)
    }

    func logKeys(_ id: String) -> [String] { [keys.session(id), keys.events(id), keys.run] }

    private static func newEpoch() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

    private func storedOwner(_ id: String) async throws -> UserID? {
        try await client.send(RedisCommand("HGET", [.text(keys.session(id)), "owner"], isRepeatable: true)).string
            .map { UserID($0) }
    }

    /// The session as this process follows it, with all that was appended before this was called; nil when there is none.
    /// Whoever follows it already goes on while Redis is away.
    private func follow(_ id: String) async throws -> LiveSession? {
        guard let key = SessionKey(id) else { return nil }
        // Rarely again: only when it ended, or was let go, between two steps.
        for _ in 0..<5 {
            if let mirror = table.find(key), mirror.isLoaded, let session = mirror.session {
                do {
                    if try await bring(mirror) { return session }
                } catch is RedisError {
                    return session
                }
            }
            guard let owner = try await storedOwner(id) else { return nil }
            let mirror = table.enter(key, owner: owner)
            mirror.enter()
            defer { mirror.leave() }
            // First the channel, then the log: what comes between them is in both.
            try await subscriber.subscribe(keys.channel(id))
            if try await bring(mirror), let session = mirror.session { return session }
        }
        throw RedisError(.notReady, place: client.address.place, setting: client.address.setting)
    }

    /// Reads what the mirror does not have yet. One that cannot go on, because its session is gone or events may have been
    /// lost, is taken out and its readers sent away.
    /// - Returns: whether it can go on.
    func bring(_ mirror: SessionMirror) async throws -> Bool {
        let goesOn = try await mirror.turnstile.pass {
            var goesOn = true
            repeat {
                _ = mirror.takeBehind()
                goesOn = try await self.read(mirror)
            } while goesOn && mirror.takeBehind()
            return goesOn
        }
        if !goesOn { table.remove(mirror) }
        return goesOn
    }

    private func read(_ mirror: SessionMirror) async throws -> Bool {
        guard let session = mirror.session else { return false }
        let id = mirror.key.text
        guard mirror.isLoaded else {
            guard let log = try await wholeLog(id) else { return false }
            mirror.load(log)
            return true
        }
        while true {
            guard let log = try await log(id, after: session.lastSeq), log.leaps == mirror.leaps,
                log.floor <= session.lastSeq
            else { return false }
            session.trim(through: log.floor)
            for event in log.events {
                guard event.seq == session.lastSeq + 1 else { return false }
                session.publish(event)
            }
            try await agree(on: log.epoch, mirror, session)
            guard log.events.count == Self.mostRead else { return true }
        }
    }

    /// Another process, or a reader here who missed something, has begun a new epoch: in the end all say the same.
    private func agree(on epoch: String, _ mirror: SessionMirror, _ session: LiveSession) async throws {
        if epoch != mirror.epoch {
            session.adopt(epoch: epoch)
            mirror.know(epoch: epoch)
        } else if case let own = session.epoch, own != epoch {
            _ = try await client.run(
                SessionScripts.begin, keys: logKeys(session.id), [.text(own)], isRepeatable: true)
            mirror.know(epoch: own)
        }
    }

    private func wholeLog(_ id: String) async throws -> SessionLog? {
        guard var whole = try await log(id, after: -1) else { return nil }
        var count = whole.events.count
        while count == Self.mostRead, let last = whole.events.last {
            guard let more = try await log(id, after: last.seq) else { return nil }
            // What was read may have been dropped since, or be of another life.
            let kept = more.leaps == whole.leaps ? whole.events.filter { $0.seq > more.floor } : []
            count = more.events.count
            whole = more
            whole.events = kept + whole.events
        }
        return whole
    }

    private func log(_ id: String, after seq: Int64) async throws -> SessionLog? {
        let reply = try await client.run(
            SessionScripts.read, keys: logKeys(id),
            [.number(clock.argument), .text(Self.newEpoch()), .number(seq), .number(Int64(Self.mostRead))],
            isRepeatable: true)
        if reply == .null { return nil }
        guard let log = SessionLog(reply) else {
            throw RedisError(.badReply, place: client.address.place, setting: client.address.setting)
        }
        return log
    }
}

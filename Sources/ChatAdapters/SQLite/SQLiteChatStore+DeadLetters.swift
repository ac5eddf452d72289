import ChatService
import SQLite
import Support

extension SQLiteChatStore: DeadLetters {
    package func deadLetters(
        of courses: Set<CourseID>?, after cursor: PageCursor?, limit: Int
    ) async throws -> Page<DeadLetter> {
        try await database.read { try DeadLetterTable.page(of: courses, after: cursor, limit: limit, $0) }
    }

    package func deadLetter(_ id: String) async throws -> DeadLetter? {
        try await database.read { try DeadLetterTable.letter(id, $0) }
    }

    package func redrive(_ id: String) async throws -> Accepted {
        guard let dead = try await deadLetter(id) else { throw DeadLetterError.unknown }
        let jobID = RandomIdentifier.make(at: time.now)
        let accepted: Accepted
        // Whatever job of the chain is repeated, the session is the same.
        if let session = try await live(dead.job.sessionID) {
            accepted = try await session.turnstile.pass {
                let seq = session.nextSeq
                let (accepted, queued) = try await self.database.write { connection in
                    let accepted = try DeadLetterTable.redrive(id, as: jobID, self.line(connection))
                    let queued = LoggedEvent(
                        Self.queued(accepted), seq: seq, at: accepted.acceptedAt, storedAt: self.time.steady)
                    _ = try Self.store(queued, in: session.id, connection)
                    return (accepted, queued)
                }
                session.publish(queued)
                return accepted
            }
        } else {
            accepted = try await database.write { try DeadLetterTable.redrive(id, as: jobID, self.line($0)) }
        }
        arrivals(.question).arrive()
        return accepted
    }

    package func purge(_ ids: [String]?, diedBefore: Timestamp?) async throws -> Int {
        try await database.write { try DeadLetterTable.purge(ids, diedBefore: diedBefore, $0) }
    }
}

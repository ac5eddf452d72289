import Support

/// Carries committed terminal events to their sessions' logs; safe to repeat and to run from many places at once.
package struct TerminalPublisher: Sendable {
    /// Leftovers read at once.
    private static let portion = 100

    private let ledger: any JobLedger
    private let sessions: any Sessions
    private let log: Log

    package init(ledger: any JobLedger, sessions: any Sessions, log: Log) {
        self.ledger = ledger
        self.sessions = sessions
        self.log = log
    }

    /// Publishes the job's terminal event unless that is done. A failure is only logged: the sweeper tries again.
    package func publish(job id: String) async {
        do {
            guard let event = try await ledger.unpublished(job: id) else { return }
            try await publish(event)
        } catch {
            log.warning("terminal event not published yet", ["job": id, "error": error.label])
        }
    }

    /// Publishes all that a crash, a failure or the sweeper left behind: each session's in their order, the sessions
    /// beside each other, so that they share the wait for the disk and none has to wait for another's trouble.
    /// - Throws: what one of them met, when the others of its portion are done.
    package func publishLeftovers() async throws {
        while true {
            let events = try await ledger.unpublished(limit: Self.portion)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in Dictionary(grouping: events, by: \.sessionID).values {
                    group.addTask { for event in session { try await publish(event) } }
                }
                // The first error is thrown when all have ended.
                try await group.waitForAll()
            }
            guard events.count == Self.portion else { return }
        }
    }

    private func publish(_ terminal: TerminalEvent) async throws {
        let seq = try await sessions.append(terminal.event, to: terminal.sessionID)
        try await ledger.published(job: terminal.jobID, seq: seq ?? 0)
    }
}

import Support

/// Carries committed terminal events to their sessions' logs; safe to repeat and to run from many places at once.
package struct TerminalPublisher: Sendable {
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

    /// Publishes what a crash or a failure left behind, a bounded number of events.
    package func publishLeftovers() async throws {
        for event in try await ledger.unpublished(limit: 100) { try await publish(event) }
    }

    private func publish(_ terminal: TerminalEvent) async throws {
        let seq = try await sessions.append(terminal.event, to: terminal.sessionID)
        try await ledger.published(job: terminal.jobID, seq: seq ?? 0)
    }
}

import Support

extension ChatAPI {
    /// How often a silent stream is told that it is still there.
    private static let heartbeat = Duration.seconds(15)

    /// Tells `tell` the events of a job, those there are and those to come, up to its terminal one.
    /// - Parameters:
    ///   - end: when to give up, by `TimeSource.elapsed`; nil for never.
    ///   - idle: called when nothing came for a while.
    /// - Returns: false when it was given up.
    func follow(
        _ wait: CompletionWait, until end: Duration? = nil, idle: () async throws -> Void = {},
        tell: (ChatEvent) async throws -> Void
    ) async throws -> Bool {
        // What a reader that was too slow has missed is not told again, but for the end.
        var hasMissed = false
        while true {
            let record = try await record(wait.job, of: wait.user)
            // The log may no longer have the end, but the job does.
            if hasMissed || record.publishedSeq != nil, let terminal = record.terminal {
                try await tell(terminal)
                return true
            }
            guard var subscription = try await ports.sessions.subscribe(to: record.job.sessionID, after: nil) else {
                throw Problem.unknown("session")
            }
            do {
                while true {
                    let patience = end.map { min(Self.heartbeat, $0 - ports.time.elapsed) } ?? Self.heartbeat
                    guard patience > .zero else { return false }
                    let events = try await subscription.next(within: patience)
                    if events.isEmpty { try await idle() }
                    for event in events where event.jobID == wait.job && (!hasMissed || event.isTerminal) {
                        try await tell(try JSONText.decode(EventFrame.self, from: event.frame).event)
                        if event.isTerminal { return true }
                    }
                }
            } catch is SubscriptionLost {
                hasMissed = true
            }
        }
    }
}

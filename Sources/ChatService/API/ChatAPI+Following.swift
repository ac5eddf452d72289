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
            let record = try await record(wait.job, of: wait.principal)
            // The log may no longer have the end, but the job does.
            if hasMissed || record.publishedSeq != nil, let terminal = record.terminal {
                try await tell(try await shown(terminal, wait))
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
                        let told = try JSONText.decode(EventFrame.self, from: event.frame).event
                        try await tell(try await shown(told, wait))
                        if event.isTerminal { return true }
                    }
                }
            } catch is SubscriptionLost {
                hasMissed = true
            }
        }
    }

    /// An event as its reader may see it by now.
    /// - Throws: `PolicyDenied` for an answer of a course that was locked meanwhile.
    private func shown(_ event: ChatEvent, _ wait: CompletionWait) async throws -> ChatEvent {
        guard case .messageCompleted(var completed) = event else { return event }
        let view = try await view(of: wait.course, wait.principal)
        try view.checkOpen()
        completed.answer = view.shown(completed.answer)
        return .messageCompleted(completed)
    }
}

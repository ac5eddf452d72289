import Support
import WebServer

extension ChatAPI {
    /// Between two comments on a silent stream, so that no proxy takes it for dead.
    private static let heartbeat = Duration.seconds(25)

    /// What a stream has for telling what came just before the farewell.
    private static let lastWord = Duration.milliseconds(250)

    /// `GET /api/jobs/{jobId}/events`: the job's events as Server-Sent Events (HTML standard, section 9.2); ends after
    /// the terminal one.
    func jobEvents(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let record = try await record(parameter("jobId", request), of: caller.principal)
        let after = try seen(request)
        // 204 tells an EventSource not to come back.
        if let seq = record.publishedSeq, let after, after >= seq { return HTTPResponse(status: 204) }
        return try await events(of: record, after: after, try await view(of: record.job.course, caller))
    }

    /// The job's events after that number, those there are and those to come, to its terminal one; of an answer that is
    /// withheld by now only that.
    /// - Throws: `PolicyDenied` for an answer of a course that is locked.
    func events(of record: JobRecord, after: Int64?, _ view: CourseView) async throws -> HTTPResponse {
        let shown = try record.shown(view)
        let isWithheld = shown.terminal != record.terminal
        let record = shown
        let subscription = isWithheld ? nil : try await ports.sessions.subscribe(to: record.job.sessionID, after: after)
        return HTTPResponse(
            status: 200,
            headers: [
                "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no",
                "x-content-type-options": "nosniff",
            ],
            body: .stream { stream in
                try await untilFarewell {
                    try await stream.write(Array("retry: 2000\n\n".utf8))
                    try await send(record, subscription, to: stream)
                }
            })
    }

    private func send(_ record: JobRecord, _ subscription: Subscription?, to stream: ResponseStream) async throws {
        // The log no longer has the end, but the job does.
        if let terminal = record.terminal, let seq = record.publishedSeq, (subscription?.resumedFrom ?? seq) >= seq {
            return try await stream.write(
                Self.frame(LoggedEvent(terminal, seq: seq, at: record.updatedAt, storedAt: record.updatedAt)))
        }
        guard var subscription else { return }
        while true {
            let events: [LoggedEvent]
            do {
                events = try await subscription.next(within: Self.heartbeat)
            } catch is SubscriptionLost {
                // The client comes back with the last id it has seen.
                return
            }
            if events.isEmpty { try await stream.write(Array(": still there\n\n".utf8)) }
            for event in events where event.jobID == record.job.id {
                try await stream.write(Self.frame(event))
                if event.isTerminal { return }
            }
        }
    }

    /// Runs `body`, cancelled when the process has drained and nobody works any more: the client then resumes elsewhere.
    func untilFarewell(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await ports.readiness.farewell.wait()
                // The end of an answer may be in the log already while its stream has yet to see it.
                try await ports.time.sleep(for: Self.lastWord)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// JSON has no line breaks: one `data` line is enough.
    private static func frame(_ event: LoggedEvent) -> [UInt8] {
        Array("id: \(event.seq)\nevent: \(event.kind.rawValue)\ndata: \(event.frame)\n\n".utf8)
    }

    /// The number of the last event the client has: `Last-Event-ID`, or `after` in the query.
    func seen(_ request: HTTPRequest) throws -> Int64? {
        let header = request.headers["last-event-id"]
        guard let text = header ?? request.queryValue("after"), !text.isEmpty else { return nil }
        guard let seq = Int64(text), seq >= 0 else {
            let (pointer, name) = header == nil ? ("?after", "after") : ("Last-Event-ID", "Last-Event-ID")
            throw Problem.invalid(pointer, "'\(name)' must be the seq of an event, a whole number from 0.")
        }
        return seq
    }
}

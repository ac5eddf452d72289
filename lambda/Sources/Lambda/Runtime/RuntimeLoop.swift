import HTTPClient
import Support

/// Takes one event after the other, and answers each.
package struct RuntimeLoop: Sendable {
    package typealias Handler = @Sendable (Invocation) async throws -> [UInt8]

    /// Left of the deadline for the answer's way out.
    static let margin = Duration.milliseconds(500)
    /// Failures in a row after which the function ends; Lambda starts another one then.
    static let patience = 4

    private let client: RuntimeClient
    private let time: any TimeSource
    private let log: Log
    private let handler: Handler

    /// - Parameter handler: cancelled when there is no time left for its answer.
    package init(_ client: RuntimeClient, time: any TimeSource = SystemTime(), log: Log, handler: @escaping Handler) {
        self.client = client
        self.time = time
        self.log = log
        self.handler = handler
    }

    /// Runs until the task is cancelled.
    /// - Throws: what the Runtime API met again and again; `CancellationError`.
    package func run() async throws {
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                let invocation = try await client.next()
                try await answer(invocation)
                failures = 0
            } catch let error where !(error is CancellationError) {
                failures += 1
                log.warning("the runtime did not answer as it should", ["error": error.label])
                guard failures < Self.patience else { throw error }
                try await time.sleep(for: .milliseconds(50 << failures))
            }
        }
    }

    private func answer(_ invocation: Invocation) async throws {
        let reply: [UInt8]
        do {
            reply = try await inTime(invocation)
            guard reply.count <= RuntimeClient.mostBytes else {
                throw HTTPClientError(.tooLarge, host: "the function")
            }
        } catch {
            log.error("event not answered", ["error": error.label, "request": invocation.id])
            // The process is ending: whoever asked is told so, too.
            return try await Task { try await client.fail(error, invocation) }.value
        }
        try await client.respond(reply, to: invocation)
    }

    private func inTime(_ invocation: Invocation) async throws -> [UInt8] {
        guard let deadline = invocation.deadline else { return try await handler(invocation) }
        let left = deadline - time.now - Self.margin
        guard left > .zero, let reply = try await withDeadline(left, time, { try await handler(invocation) }) else {
            throw RuntimeError.deadline
        }
        return reply
    }
}

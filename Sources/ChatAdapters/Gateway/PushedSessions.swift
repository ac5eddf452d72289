import ChatService
import Support

/// Sessions some of whose sockets are at API Gateway: each event that is appended wakes whoever sends to them.
package struct PushedSessions: Sessions {
    package typealias Wake = @Sendable (_ session: String) async throws -> Void

    private let base: any Sessions
    private let wake: Wake

    /// - Parameter wake: `SocketPusher.wake`, or `GatewaySockets.wake` in a process that does not send.
    package init(_ base: any Sessions, wake: @escaping Wake) {
        self.base = base
        self.wake = wake
    }

    package func createSession(owner: UserID) async throws -> String { try await base.createSession(owner: owner) }

    package func owner(ofSession id: String) async throws -> UserID? { try await base.owner(ofSession: id) }

    /// A terminal event is appended only once its readers will hear of it: whoever publishes it tries until then.
    @discardableResult
    package func append(_ event: ChatEvent, to session: String) async throws -> Int64? {
        guard let seq = try await base.append(event, to: session) else { return nil }
        if event.isTerminal { try await wake(session) } else { await wakeIfPossible(session) }
        return seq
    }

    package func tell(_ event: ChatEvent, to session: String) async throws -> EventStoring? {
        let storing = try await base.tell(event, to: session)
        await wakeIfPossible(session)
        return storing
    }

    package func subscribe(to session: String, after: Int64?) async throws -> Subscription? {
        try await base.subscribe(to: session, after: after)
    }

    package func feed(of session: String) async throws -> (any SessionFeed)? { try await base.feed(of: session) }

    /// The next event wakes them as well, and the last one does for certain.
    private func wakeIfPossible(_ session: String) async { try? await wake(session) }
}

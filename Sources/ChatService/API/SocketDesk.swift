import Support
import WebServer

/// The sockets of `/api/ws` that end elsewhere than in this program's own server, at a gateway for example: by the very
/// rules of those that end here. Whoever holds them sends them the events of their session.
package struct SocketDesk: Sendable {
    /// What a client may send at once (contract, section 2).
    private static let longestMessage = 64 << 10

    private let api: ChatAPI

    package init(_ api: ChatAPI) { self.api = api }

    /// Where a socket's reader begins, and who that is.
    package struct Seat: Sendable, Equatable {
        package let session: String
        package let principal: Principal
        /// What the client says it has seen; nil for nothing.
        package let after: Int64?
        /// The number of the last event that the rules of a course keep back by now; nil for none.
        package let withheld: Int64?
        /// The sub-protocol that the server selects.
        package let subprotocol: String?

        package init(
            session: String, principal: Principal, after: Int64? = nil, withheld: Int64? = nil,
            subprotocol: String? = nil
        ) {
            self.session = session
            self.principal = principal
            self.after = after
            self.withheld = withheld
            self.subprotocol = subprotocol
        }
    }

    package enum Admission: Sendable {
        case seat(Seat)
        case refused(HTTPResponse)
    }

    /// Whether a socket may be opened.
    /// - Parameter request: `GET /api/ws` with the handshake's query and fields.
    package func admit(_ request: HTTPRequest) async -> Admission {
        do {
            try api.check(request)
            let caller = try await api.access.caller(request, .signedIn, isSocket: true)
            let after = try api.seen(request)
            guard let feed = try await api.feed(request, caller) else { throw Problem.unknown("session") }
            return .seat(
                Seat(
                    session: feed.id, principal: caller.principal, after: after,
                    withheld: try await api.withheld(in: feed.id, after: after, caller),
                    subprotocol: ChatAPI.subprotocol(request)))
        } catch {
            return .refused(api.respond(to: error, request))
        }
    }

    /// What came over the socket, carried out.
    /// - Parameters:
    ///   - text: nil for what was no text.
    ///   - principal: who opened the socket, in `session`.
    /// - Returns: the frame that the socket is told outside its session's log, if any.
    package func carryOut(_ text: String?, _ principal: Principal, in session: String) async -> String? {
        if let end = principal.expires, end <= api.ports.time.now {
            return api.rejection(Problem(AuthenticationError(.expired)))
        }
        guard let text else { return api.rejection(Problem.invalid("", "Send JSON as text.")) }
        guard text.utf8.count <= Self.longestMessage else {
            return api.rejection(Problem(HTTPError.contentTooLarge(limit: Self.longestMessage)))
        }
        return await api.carryOut(text, principal, session)
    }
}

import Support

/// Access tokens whose sign-in was ended while they were still good: refused until their own end, by this process.
package final class RevokedTokens: Sendable {
    private static let most = 10_000
    private static let mostLater = 100

    private struct State {
        /// Sign-ins, and until when they are remembered.
        var sessions: [String: Duration] = [:]
        /// Users all of whose tokens made until that moment are refused.
        var users: [UserID: Revocation] = [:]
    }

    private struct Revocation {
        let at: Timestamp
        let until: Duration
        /// Sign-ins that began since: tokens tell whole seconds only.
        var later: Set<String> = []
    }

    private let time: any TimeSource
    private let state = Locked(State())

    package init(time: any TimeSource = SystemTime()) { self.time = time }

    private var horizon: Duration { time.elapsed + TokenIssuer.lifetime + .seconds(JWTAuthenticator.leeway) }

    func revoke(session: String) {
        let (now, until) = (time.elapsed, horizon)
        state.withLock { state in
            if state.sessions.count >= Self.most { state.sessions = state.sessions.filter { $0.value > now } }
            // Tokens live for minutes: what cannot be remembered ends by itself.
            guard state.sessions.count < Self.most else { return }
            state.sessions[session] = until
        }
    }

    /// Refuses the tokens that a user has from sign-ins here.
    func revoke(user: UserID) {
        let (now, at, until) = (time.elapsed, time.now, horizon)
        state.withLock { state in
            if state.users.count >= Self.most { state.users = state.users.filter { $0.value.until > now } }
            guard state.users.count < Self.most else { return }
            state.users[user] = Revocation(at: at, until: until)
        }
    }

    /// A sign-in begins, by the new password or account where the old one's were taken back.
    func began(session: String, of user: UserID) {
        state.withLock { state in
            // More within a token's life are no person's; their tokens are told by the second.
            guard let known = state.users[user], known.later.count < Self.mostLater else { return }
            state.users[user]?.later.insert(session)
        }
    }

    /// - Parameter issuedAt: seconds since 1970.
    func isRevoked(session: String, of user: UserID, issuedAt: Double?) -> Bool {
        state.withLock { state in
            if state.sessions[session] != nil { return true }
            guard let revoked = state.users[user], !revoked.later.contains(session) else { return false }
            return (issuedAt ?? 0) <= Double(revoked.at.seconds)
        }
    }
}

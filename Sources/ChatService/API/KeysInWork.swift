import Support
import WebServer

/// The requests with an `Idempotency-Key` that are in work in this process: a repeat meanwhile is told to come back, for
/// what the first will be told is not known yet.
final class KeysInWork: Sendable {
    /// More requests than there are connections never are in work.
    private static let most = 20_000

    private struct Key: Hashable {
        let user: UserID
        let key: String
    }

    private let entries = Locked<[Key: String?]>([:])

    /// A request in work. It ends with `leave`, or with the last who holds it.
    final class Hold: Sendable {
        private let release: @Sendable () -> Void
        private let hasLeft = Locked(false)

        fileprivate init(_ release: @escaping @Sendable () -> Void) { self.release = release }

        deinit { leave() }

        func leave() {
            let isFirst = hasLeft.withLock { hasLeft in
                defer { hasLeft = true }
                return !hasLeft
            }
            if isFirst { release() }
        }
    }

    /// - Parameter fingerprint: of what is asked; nil where that is known only later.
    /// - Throws: `Problem` 409 while the same request is in work; `IntakeError.keyReused` while another one is.
    func enter(_ key: String, of user: UserID, fingerprint: String? = nil) throws -> Hold {
        let key = Key(user: user, key: key)
        let present = try entries.withLock { entries -> (isThere: Bool, fingerprint: String?) in
            if let present = entries[key] { return (true, present) }
            guard entries.count < Self.most else {
                throw Problem.unavailable("Too many requests are in work; try again in a moment.", retryAfter: 5)
            }
            entries[key] = .some(fingerprint)
            return (false, nil)
        }
        guard present.isThere else { return Hold { [entries] in entries.withLock { $0[key] = nil } } }
        if let fingerprint, let other = present.fingerprint, other != fingerprint { throw IntakeError.keyReused }
        throw Problem(
            409, "request_in_work", "Still in work",
            "The first request with this Idempotency-Key is still in work; repeat it when that has been answered.",
            headers: ["retry-after": "1"])
    }
}

extension HTTPResponse.Body {
    /// The same stream, which holds `key` until it has ended.
    func holding(_ key: KeysInWork.Hold) -> HTTPResponse.Body {
        guard case .stream(let write) = self else { return self }
        return .stream { stream in
            defer { key.leave() }
            try await write(stream)
        }
    }
}

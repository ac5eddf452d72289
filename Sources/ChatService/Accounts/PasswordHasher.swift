import Support

/// Hashes and compares passwords away from the cooperative pool, two at once: each takes a core for a while, and 32 MiB.
package final class PasswordHasher: Sendable {
    /// What may wait; more is refused, for nobody would wait for it.
    private static let mostWaiting = 64

    private static let quick = Scrypt(logN: 10, r: 8, p: 1)

    private let scrypt: Scrypt
    private let queues = [BlockingQueue(label: "password.1"), BlockingQueue(label: "password.2")]
    private let inHand: Locked<[Int]> = Locked([0, 0])
    private let mostWaiting: Int

    package init(_ scrypt: Scrypt = .standard, mostWaiting: Int = PasswordHasher.mostWaiting) {
        self.scrypt = scrypt
        self.mostWaiting = mostWaiting
    }

    /// - Throws: `Problem` 503 when too many wait.
    func hash(_ password: String) async throws -> PasswordHash {
        let scrypt = scrypt
        guard let hash = try await run({ PasswordHash(of: password, scrypt) }) else {
            throw Problem.unavailable("Passwords cannot be checked just now; try again in a moment.")
        }
        return hash
    }

    /// Of a password that was made here: its 80 random bits need no slow hash, and a class gets its own at once.
    func hashTemporary(_ password: String) async throws -> PasswordHash {
        guard let hash = try await run({ PasswordHash(of: password, Self.quick) }) else {
            throw Problem.unavailable("Passwords cannot be made just now; try again in a moment.")
        }
        return hash
    }

    /// Whether the password is that of `hash`. It takes as long where there is none, for nobody is known by that name, and
    /// where the hash is a quick one.
    /// - Throws: `Problem` 503 when too many wait.
    func matches(_ password: String, _ hash: PasswordHash?) async throws -> Bool {
        let scrypt = scrypt
        let isTooLong = password.utf8.count > PasswordRules.longest
        return try await run {
            if hash?.scrypt != scrypt { _ = PasswordHash(of: isTooLong ? "" : password, scrypt) }
            return !isTooLong && hash?.matches(password) == true
        }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        let index = inHand.withLock { inHand -> Int? in
            let index = inHand[0] <= inHand[1] ? 0 : 1
            guard inHand[index] <= mostWaiting / 2 else { return nil }
            inHand[index] += 1
            return index
        }
        guard let index else {
            throw Problem.unavailable("Too many are signing in at once; try again in a moment.", retryAfter: 5)
        }
        defer { inHand.withLock { $0[index] -= 1 } }
        return try await queues[index].run(body)
    }
}

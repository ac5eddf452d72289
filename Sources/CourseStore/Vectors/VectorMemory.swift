import Support

/// The memory that all courses of a process may hold codes and lists in together. Whoever finds none left reads from the
/// file for each question, as small courses do.
package final class VectorMemory: Sendable {
    /// What one course of 1,000,000 chunks needs with its lists, and smaller ones beside it.
    package static let shared = VectorMemory(bytes: 512 << 20)

    private let limit: Int
    private let claims = Locked<[ObjectIdentifier: Int]>([:])
    private let isMaking = Locked(false)

    package init(bytes: Int) { limit = bytes }

    /// Bytes that are claimed.
    package var claimed: Int { claims.withLock { $0.values.reduce(0, +) } }

    /// Claims `bytes` in the place of what `owner` has claimed so far; 0 gives all back.
    /// - Returns: false, with nothing changed, when the others leave less.
    func claim(_ bytes: Int, for owner: ObjectIdentifier) -> Bool {
        claims.withLock { claims in
            let others = claims.reduce(0) { $0 + ($1.key == owner ? 0 : $1.value) }
            guard bytes == 0 || others + bytes <= limit else { return false }
            claims[owner] = bytes == 0 ? nil : bytes
            return true
        }
    }

    /// Lists of one course at a time are made: it takes a core for up to half a minute.
    func beginMaking() -> Bool {
        isMaking.withLock { isMaking in
            defer { isMaking = true }
            return !isMaking
        }
    }

    func endMaking() { isMaking.withLock { $0 = false } }
}

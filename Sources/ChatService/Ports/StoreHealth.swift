import Support

/// How the store of conversations and jobs stands.
package protocol StoreHealth: Sendable {
    /// The clocks by which jobs are written: whoever works on them must go by them.
    var time: any TimeSource { get }
    /// Reads, and tries now and then whether it can be written to, for readiness.
    /// - Returns: whether it can be written to.
    /// - Throws: when it cannot be read.
    func check() async throws -> Bool
    /// Whether the backlog takes another question.
    func hasRoom() async throws -> Bool
    /// What stands in it, for metrics.
    func figures() async throws -> StoreFigures
}

/// What stands in a store, for metrics.
package struct StoreFigures: Sendable, Equatable {
    /// Jobs of one kind that have not ended.
    package struct Line: Sendable, Equatable {
        /// Due, or to be tried again later.
        package var waiting = 0
        /// Accepted, but behind others of its conversation or user.
        package var parked = 0
        /// In a worker's hands.
        package var leased = 0
        /// Of those waiting, the age of the oldest; nil when none waits.
        package var oldestWaiting: Duration?

        package init() {}

        package var open: Int { waiting + parked + leased }
    }

    package var lines: [JobKind: Line] = [:]
    package var deadLetters = 0
    package var unpublished = 0
    package var sessionsInMemory = 0

    package init() {}
}

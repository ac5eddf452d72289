/// Where key sets are read.
package protocol KeySetSource: Sendable {
    /// What the server at `url` says its keys are, in at most five seconds.
    /// - Throws: `KeySetError`; `CancellationError`.
    func read(_ url: String) async throws -> [UInt8]
}

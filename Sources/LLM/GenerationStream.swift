/// How a model's events reach whoever reads them.
typealias GenerationStream = AsyncThrowingStream<GenerationEvent, any Error>

extension AsyncThrowingStream where Element == GenerationEvent, Failure == any Error {
    /// A stream of what `body` yields, which ends as `body` does. When its reader goes away, `body` is cancelled.
    static func made(by body: @escaping @Sendable (Continuation) async throws -> Void) -> Self {
        let (events, continuation) = makeStream()
        // Not a child task: the stream outlives the call that makes it. It ends with the stream.
        let task = Task {
            do {
                try await body(continuation)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }
}

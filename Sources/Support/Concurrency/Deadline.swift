/// What `body` returns, or nil when `limit` passes first; `body` is cancelled then, and waited for.
package func withDeadline<Value: Sendable>(
    _ limit: Duration, _ time: any TimeSource, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await time.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        do {
            return try await group.next() ?? nil
        } catch is CancellationError where !Task.isCancelled {
            return nil
        }
    }
}

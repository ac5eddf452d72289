/// Waits for what a test cannot be told of, such as a file in a folder: asks every two milliseconds, for two minutes at
/// most. A loop of `Task.yield()` instead would keep a thread from those it waits for.
/// - Throws: `NeverHappened`, what `holds` throws, and `CancellationError`.
package func eventually(
    isolation: isolated (any Actor)? = #isolation, _ holds: () async throws -> Bool
) async throws {
    for _ in 0..<60_000 {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    throw NeverHappened()
}

package struct NeverHappened: Error {}

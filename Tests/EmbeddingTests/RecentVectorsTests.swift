import Support
import Testing

@testable import Embedding

@Suite struct RecentVectorsTests {
    private let computed = Locked<[String]>([])

    /// Two floats a text: its length, and its first byte.
    private func compute(_ texts: [String]) -> [Float] {
        computed.withLock { $0 += texts }
        return texts.flatMap { [Float($0.utf8.count), Float($0.utf8.first ?? 0)] }
    }

    private func vectors(_ texts: [String], _ memory: RecentVectors) async throws -> [Float] {
        try await memory.vectors(of: texts) { compute($0) }
    }

    @Test func whatIsKnownIsNotComputedAgainAndComesInItsPlace() async throws {
        let memory = RecentVectors()
        #expect(try await vectors(["ab", "c"], memory) == [2, 97, 1, 99])
        #expect(try await vectors(["c", "def", "ab", "def"], memory) == [1, 99, 3, 100, 2, 97, 3, 100])
        #expect(computed.withLock { $0 } == ["ab", "c", "def"])
    }

    @Test func whatIsNotAskedForIsForgotten() async throws {
        let memory = RecentVectors(most: 2)
        for text in ["a", "b", "c", "a", "d", "e", "a"] { _ = try await vectors([text], memory) }
        // "a" was asked for in every generation.
        #expect(computed.withLock { $0 } == ["a", "b", "c", "d", "e"])
        _ = try await vectors(["b"], memory)
        #expect(computed.withLock { $0 }.last == "b")
    }

    @Test func whatFailsIsNotRemembered() async throws {
        let memory = RecentVectors()
        await #expect(throws: CancellationError.self) {
            try await memory.vectors(of: ["a"]) { _ in throw CancellationError() }
        }
        #expect(try await vectors(["a"], memory) == [1, 97])
    }

    @Test func nothingIsAskedForNothing() async throws {
        #expect(try await vectors([], RecentVectors()).isEmpty)
        #expect(computed.withLock { $0 }.isEmpty)
    }
}

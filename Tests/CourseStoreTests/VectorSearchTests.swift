import Testing

@testable import CourseStore

@Suite struct VectorSearchTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    /// The plain twin: every product by an ordinary loop, sorted whole.
    private func expected(_ query: [Float], _ vectors: [(Int64, [Float])], limit: Int) -> [Int64] {
        var scored: [ScoredChunk] = []
        for (id, vector) in vectors {
            var score: Float = 0
            for (left, right) in zip(vector, query) { score += left * right }
            scored.append(ScoredChunk(id: id, score: score))
        }
        scored.sort { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }
        return scored.prefix(limit).map(\.id)
    }

    private func add(
        _ count: Int, path: String, to file: CourseFile, _ numbers: inout SeededNumbers
    ) async throws -> [(Int64, [Float])] {
        var vectors: [[Float]] = []
        for _ in 0..<count { vectors.append(numbers.unitVector()) }
        let chunks = (0..<count).map { CourseFixture.chunk("texto \($0)") }
        let document = try await file.replace(
            CourseFixture.document(path), chunks: chunks, vectors: vectors.flatMap { $0 })
        let ids = try await file.chunks(documentID: document.id, ordinals: 0...max(0, count - 1)).map(\.id)
        return Array(zip(ids, vectors))
    }

    /// With room for all vectors in memory, and with none, so that every search reads the rows.
    @Test(arguments: [1 << 20, 0])
    func isExactWhileTheCourseGrowsAndShrinks(vectorMemory: Int) async throws {
        let file = try fixture.open(vectorMemory: vectorMemory)
        var numbers = SeededNumbers(7)
        let query = numbers.unitVector()
        #expect(try await file.vectorSearch(query, limit: 5).isEmpty)

        var all = try await add(300, path: "a", to: file, &numbers)
        #expect(try await file.vectorSearch(query, limit: 10).map(\.id) == expected(query, all, limit: 10))
        all += try await add(257, path: "b", to: file, &numbers)
        for limit in [1, 10, 556, 557, 1000] {
            let found = try await file.vectorSearch(query, limit: limit)
            #expect(found.map(\.id) == expected(query, all, limit: limit))
            #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
        }
        let replaced = try await add(3, path: "a", to: file, &numbers)
        all = replaced + all.suffix(257)
        #expect(try await file.vectorSearch(query, limit: 20).map(\.id) == expected(query, all, limit: 20))

        let ids = all.prefix(30).map(\.0) + [12345]
        let similarities = try await file.similarities(query, ids: ids)
        let scores = Dictionary(
            uniqueKeysWithValues: try await file.vectorSearch(query, limit: 1000).map { ($0.id, $0.score) })
        #expect(similarities.count == 30)
        for (id, similarity) in similarities {
            let score = try #require(scores[id])
            #expect(abs(similarity - score) < 1e-6)
        }
    }

    /// Documents of many sizes come, go and are replaced; each generation is built on the one before.
    @Test func aGrowingCourseSharesWhatItHasInMemory() async throws {
        let file = try fixture.open(vectorMemory: 1 << 24)
        var numbers = SeededNumbers(14)
        let query = numbers.unitVector()
        var documents: [String: [(Int64, [Float])]] = [:]
        for step in 0..<40 {
            let path = "\(Int.random(in: 0..<12, using: &numbers))"
            if let document = try await file.document(path: path), Bool.random(using: &numbers) {
                try await file.remove(documentID: document.id)
                documents[path] = nil
            } else {
                let count = step == 7 ? 2 * VectorSegment.capacity + 5 : Int.random(in: 1...700, using: &numbers)
                documents[path] = try await add(count, path: path, to: file, &numbers)
            }
            let all = documents.values.flatMap { $0 }
            let found = try await file.vectorSearch(query, limit: 25)
            #expect(found.map(\.id) == expected(query, all, limit: 25), "step \(step)")
        }
    }

    @Test func whatIsInMemoryIsNotReadAgain() async throws {
        let file = try fixture.open(vectorMemory: 1 << 24)
        var numbers = SeededNumbers(15)
        _ = try await add(VectorSegment.capacity, path: "a", to: file, &numbers)
        _ = try await add(10, path: "b", to: file, &numbers)
        let former = try await matrix(of: file, old: nil)
        #expect(former.segments.map(\.ids.count) == [VectorSegment.capacity, 10])
        // Only what is taken from the former generation can still be there after this.
        try await file.pool.write { try $0.execute("UPDATE vector SET embedding = zeroblob(48)") }
        _ = try await add(1, path: "c", to: file, &numbers)
        _ = try await add(3, path: "b", to: file, &numbers)
        let next = try await matrix(of: file, old: former)
        #expect(next.segments.map(\.ids.count) == [VectorSegment.capacity, 4])
        let query = numbers.unitVector()
        #expect(next.segments[0].scores(query) == former.segments[0].scores(query))
    }

    private func matrix(of file: CourseFile, old: VectorMatrix?) async throws -> VectorMatrix {
        try await file.pool.read { connection in
            try VectorMatrix(
                dimension: CourseFixture.dimension, generation: try Generation.current(in: connection), old: old,
                in: connection)
        }
    }

    @Test func changesOfAnotherProcessAreSeen() async throws {
        let here = try fixture.open()
        let there = try fixture.open()
        var numbers = SeededNumbers(8)
        let query = numbers.unitVector()
        var all = try await add(5, path: "a", to: there, &numbers)
        #expect(try await here.vectorSearch(query, limit: 9).map(\.id) == expected(query, all, limit: 9))
        all += try await add(4, path: "b", to: there, &numbers)
        #expect(try await here.vectorSearch(query, limit: 9).map(\.id) == expected(query, all, limit: 9))
        let document = try #require(try await there.document(path: "a"))
        #expect(try await there.remove(documentID: document.id))
        #expect(
            try await here.vectorSearch(query, limit: 9).map(\.id) == expected(query, Array(all.suffix(4)), limit: 9))
    }

    @Test func equalScoresAreOrderedByID() async throws {
        let file = try fixture.open()
        let vector = SeededNumbers.fixed
        let chunks = (0..<40).map { _ in CourseFixture.chunk("igual") }
        try await file.replace(
            CourseFixture.document("a"), chunks: chunks, vectors: chunks.flatMap { _ in vector })
        let ids = try await file.vectorSearch(vector, limit: 10).map(\.id)
        #expect(ids == ids.sorted() && ids.first == 1)
        let lexical = try await file.lexicalSearch("igual", limit: 10).map(\.id)
        #expect(lexical.count == 10)
    }

    @Test func theHeapKeepsTheBest() {
        var numbers = SeededNumbers(9)
        for limit in [0, 1, 2, 7, 50] {
            var best = BestScores(limit: limit)
            // Few different scores, so that many are equal, and some that are no number.
            let all = (0..<200).map { id in
                ScoredChunk(id: Int64(id), score: id % 31 == 0 ? .nan : Float(Int.random(in: 0..<20, using: &numbers)))
            }
            for chunk in all.shuffled(using: &numbers) { best.insert(chunk) }
            let plain = all.sorted { left, right in
                let (a, b) = (left.score.isNaN ? -1 : left.score, right.score.isNaN ? -1 : right.score)
                return a == b ? left.id < right.id : a > b
            }
            #expect(best.sorted().map(\.id) == plain.prefix(limit).map(\.id))
        }
    }
}

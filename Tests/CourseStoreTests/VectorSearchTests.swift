import TestSupport
import Testing

@testable import CourseStore

@Suite struct VectorSearchTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    /// Few chunks, so that all vectors are read: with exact results at any dimension.
    @Test(arguments: [1 << 20, 0])
    func aSmallCourseIsSearchedExactly(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 12, seed: 7, vectorMemory: vectorMemory)
        let query = house.vector()
        #expect(try await house.file.vectorSearch(query, limit: 5).isEmpty)
        try await house.put("a", 100)
        #expect(house.agrees(try await house.file.vectorSearch(query, limit: 10), query, limit: 10))
        try await house.put("b", 150)
        for limit in [0, 1, 10, 249, 250, 1000] {
            let found = try await house.file.vectorSearch(query, limit: limit)
            #expect(house.agrees(found, query, limit: limit))
        }
        try await house.put("a", 3)
        #expect(house.agrees(try await house.file.vectorSearch(query, limit: 20), query, limit: 20))

        let ids = house.all.prefix(30).map(\.id) + [12345]
        let similarities = try await house.file.similarities(query, ids: ids)
        let scores = Dictionary(
            uniqueKeysWithValues: try await house.file.vectorSearch(query, limit: 1000).map { ($0.id, $0.score) })
        #expect(similarities.count == 30)
        for (id, similarity) in similarities {
            let score = try #require(scores[id])
            #expect(abs(similarity - score) < 1e-6)
        }
    }

    /// Whoever asks for as many as there are gets all of them, in the exact order, whatever the codes say.
    @Test(arguments: [64 << 20, 0])
    func documentsComeAndGo(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 32, seed: 14, vectorMemory: vectorMemory)
        for step in 0..<40 {
            let path = "\(Int.random(in: 0..<12, using: &house.numbers))"
            switch Int.random(in: 0..<10, using: &house.numbers) {
            case 0...5:
                let count = step == 7 ? 2_100 : Int.random(in: 0...250, using: &house.numbers)
                try await house.put(path, count)
            case 6...7: try await house.remove(path)
            case 8: try await house.putInVain(path, 500)
            default: try await house.reopen()
            }
            let query = house.vector()
            let found = try await house.file.vectorSearch(query, limit: 10_000)
            #expect(house.agrees(found, query, limit: 10_000), "step \(step)")
            if step % 10 == 9 {
                #expect(try await VectorHouse.faults(of: house.file, dimension: 32) == [], "step \(step)")
            }
        }
    }

    /// More than 99 of the 100 nearest are found among thousands, whatever the instruction set.
    @Test(arguments: [64 << 20, 0])
    func findsWhatAnExactScanFinds(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 128, seed: 15, vectorMemory: vectorMemory)
        for document in 0..<4 { try await house.put("\(document)", 1_000) }
        try await house.remove("2")
        var found = 0
        for _ in 0..<40 {
            let query = house.vector()
            let ids = try await house.file.vectorSearch(query, limit: 10).map(\.id)
            #expect(ids.count == 10)
            found += Set(ids).intersection(house.nearest(query, limit: 10).map(\.id)).count
        }
        #expect(found >= 396)
    }

    /// Documents and single chunks, few and many: only chosen ones are found, and the nearest of them.
    @Test(arguments: [64 << 20, 0])
    func onlyChosenChunksAreFound(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 128, seed: 16, vectorMemory: vectorMemory)
        for document in 0..<40 { try await house.put("\(document)", 100) }
        try await house.remove("3")
        let documents = try await house.file.documents()
        let all = house.all.map(\.id)
        var (found, wanted) = (0, 0)
        for round in 0..<30 {
            let chosen: ChunkRanges
            switch round % 3 {
            case 0:
                let some = documents.shuffled(using: &house.numbers).prefix(round + 1).map(\.id) + ["none"]
                chosen = try await house.file.chunkRanges(ofDocuments: some)
                #expect(chosen.count == 100 * (some.count - 1))
            case 1:
                chosen = ChunkRanges(ids: all.shuffled(using: &house.numbers).prefix(all.count / 100 * (round % 9 + 1)))
            default: chosen = ChunkRanges([1_000...Int64(1_100 + 60 * round), 3_500...3_600, 99_999...100_000])
            }
            let query = house.vector()
            let ids = try await house.file.vectorSearch(query, limit: 10, among: chosen).map(\.id)
            let expected = house.nearest(query, limit: 10, where: chosen.contains).map(\.id)
            #expect(ids.allSatisfy(chosen.contains) && ids.count == expected.count)
            found += Set(ids).intersection(expected).count
            wanted += expected.count
        }
        #expect(Double(found) >= 0.99 * Double(wanted))
        #expect(try await house.file.vectorSearch(house.vector(), limit: 10, among: ChunkRanges([])).isEmpty)
    }

    @Test func bothSearchesSeeOneMoment() async throws {
        let house = try VectorHouse(dimension: 12, seed: 9, vectorMemory: 0)
        try await house.put("a", 60)
        let query = house.vector()
        let hits = try await house.file.hybridSearch(query, words: "texto 7", limit: 20)
        #expect(house.agrees(hits.nearest, query, limit: 20))
        #expect(hits.lexical.best.count == 20)
        let others = Set(hits.lexical.best.map(\.id)).subtracting(hits.nearest.map(\.id))
        #expect(Set(hits.similarities.keys) == others && !others.isEmpty)
        #expect(Set(hits.lexical.scores.keys) == Set(hits.nearest.map(\.id)))
    }

    /// Readers of large and small snapshots beside a writer: each result is that of one version.
    @Test(arguments: [64 << 20, 0])
    func readersNeverSeeHalfAChange(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 16, seed: 21, vectorMemory: vectorMemory)
        let file = house.file
        let vectors = (0..<600).map { _ in house.vector() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for version in 0..<12 {
                    let count = 300 + 25 * version
                    let chunks = (0..<count).map { _ in CourseFixture.chunk("v") }
                    try await file.replace(
                        CourseFixture.document("a"), chunks: chunks, vectors: vectors.prefix(count).flatMap { $0 })
                }
            }
            for reader in 0..<3 {
                group.addTask {
                    for round in 0..<25 {
                        let found = try await file.vectorSearch(vectors[reader * 30 + round], limit: 5_000)
                        #expect(found.isEmpty || found.count >= 300 && found.count % 25 == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await VectorHouse.faults(of: file, dimension: 16) == [])
    }

    @Test(arguments: [64 << 20, 0])
    func changesOfAnotherProcessAreSeen(vectorMemory: Int) async throws {
        let house = try VectorHouse(dimension: 32, seed: 8, vectorMemory: vectorMemory)
        let other = try house.fixture.open(
            space: CourseFixture.space(32), vectorMemory: vectorMemory, cachedFrom: 0)
        func agrees() async throws -> Bool {
            let query = house.vector()
            return house.agrees(try await other.vectorSearch(query, limit: 9_000), query, limit: 9_000)
        }
        try await house.put("a", 1_500)
        #expect(try await agrees())
        try await house.put("b", 400)
        #expect(try await agrees())
        try await house.remove("a")
        #expect(try await agrees())
        try await house.put("c", 1)
        #expect(try await agrees())
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

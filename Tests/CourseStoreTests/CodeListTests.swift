import SQLite
import Testing

@testable import CourseStore

/// Searches through lists against an exact scan of the same chunks.
@Suite struct CodeListTests {
    /// Whoever asks for as many as there are gets all of them, each once, also those that came or went after the lists
    /// were made, in this process or another.
    @Test func documentsComeAndGo() async throws {
        let house = try VectorHouse(dimension: 32, seed: 51, vectorMemory: 64 << 20, listedFrom: 300)
        // With lists of its own, of another moment.
        let other = try house.fixture.open(
            space: CourseFixture.space(32), vectorMemory: 64 << 20, cachedFrom: 0, listedFrom: 300)
        try await house.put("first", 1_500)
        for step in 0..<40 {
            let path = "\(Int.random(in: 0..<9, using: &house.numbers))"
            switch Int.random(in: 0..<10, using: &house.numbers) {
            case 0...4: try await house.put(path, Int.random(in: 0...250, using: &house.numbers))
            case 5...6: try await house.remove(step == 20 ? "first" : path)
            case 7: try await house.putInVain(path, 300)
            case 8: try await house.reopen()
            default: await house.file.finishLists()
            }
            for file in [house.file, other] {
                let query = house.vector()
                let all = try await file.vectorSearch(query, limit: 10_000)
                #expect(house.agrees(all, query, limit: 10_000), "step \(step)")
                let few = try await file.vectorSearch(query, limit: 10)
                #expect(few.count == 10 && Set(few).isSubset(of: all), "step \(step)")
            }
            if step % 7 == 0 { await other.finishLists() }
        }
        #expect(try await lists(other) != nil)
        await other.close()
    }

    /// What one course holds is not there for another, which is searched in its file until the first is closed.
    @Test func coursesShareTheMemoryForCodes() async throws {
        let layout = try #require(CodeLayout(dimension: 16))
        let memory = VectorMemory(bytes: layout.byteCount + 400 * CodeList.bytes(dimension: 16))
        func house(_ seed: UInt64) async throws -> VectorHouse {
            let house = try VectorHouse(
                dimension: 16, seed: seed, vectorMemory: 64 << 20, listedFrom: 100, sharedMemory: memory)
            try await house.put("a", 400)
            return house
        }
        let (one, two) = (try await house(61), try await house(62))
        func isHeld(_ house: VectorHouse) async throws -> Bool {
            let query = house.vector()
            let found = try await house.file.vectorSearch(query, limit: 10)
            let nearest = house.nearest(query, limit: 10).map(\.id)
            #expect(Set(found.map(\.id)).intersection(nearest).count >= 8)
            await house.file.finishLists()
            let codes = try #require(house.file.codes)
            return try await house.file.pool.read { try codes.current(in: $0).held != nil }
        }
        #expect(try await isHeld(one))
        #expect(try await lists(one.file) != nil)
        let claimed = memory.claimed
        #expect(try await !isHeld(two))
        #expect(memory.claimed == claimed && claimed > 0)
        await one.file.close()
        #expect(memory.claimed == 0)
        #expect(try await isHeld(two))
        await two.file.close()
    }

    /// What is being made is claimed all the while, also when the course changes meanwhile.
    @Test func whatIsBeingMadeKeepsItsMemory() async throws {
        let layout = try #require(CodeLayout(dimension: 16))
        let (block, lists) = (layout.byteCount, 400 * CodeList.bytes(dimension: 16))
        let memory = VectorMemory(bytes: block + lists + block / 2)
        func house(_ seed: UInt64) async throws -> VectorHouse {
            let house = try VectorHouse(
                dimension: 16, seed: seed, vectorMemory: 64 << 20, listedFrom: 100, sharedMemory: memory)
            try await house.put("a", 400)
            return house
        }
        func isHeld(_ house: VectorHouse) async throws -> Bool {
            let codes = try #require(house.file.codes)
            return try await house.file.pool.read { try codes.current(in: $0).held != nil }
        }
        let (one, two) = (try await house(63), try await house(64))
        #expect(try await isHeld(one))
        let codes = try #require(one.file.codes)
        let snapshot = try #require(codes.lackingLists())
        #expect(codes.beginLists(of: snapshot))
        #expect(memory.claimed == block + lists)
        try await one.put("b", 10)
        #expect(try await isHeld(one))
        #expect(memory.claimed == block + lists)
        #expect(try await !isHeld(two))
        codes.endLists()
        #expect(memory.claimed == block)
        #expect(try await isHeld(two))
        let other = try #require(two.file.codes)
        #expect(codes.beginLists(of: snapshot) == false, "the other's block is in the place")
        one.file.retire()
        #expect(try await !isHeld(one))
        let lacking = try #require(other.lackingLists())
        #expect(other.beginLists(of: lacking))
        #expect(!memory.beginMaking(), "one at a time")
        other.endLists()
        two.file.retire()
        #expect(memory.claimed == 0)
    }

    /// The nearest are found, of all chunks and of many chosen ones, and few lists are looked into for them.
    @Test func findsWhatAnExactScanFinds() async throws {
        let house = try VectorHouse(dimension: 128, seed: 52, vectorMemory: 64 << 20, listedFrom: 1_000)
        for document in 0..<8 { try await house.put("\(document)", 500) }
        _ = try await house.file.vectorSearch(house.vector(), limit: 1)
        await house.file.finishLists()
        #expect(try await lists(house.file)?.count == 4_000)
        try await house.remove("3")
        try await house.put("new", 200)
        let chosen = ChunkRanges([1...1_000, 2_200...9_999])
        for filter in [nil, chosen] {
            var found = 0
            for _ in 0..<50 {
                let query = house.vector()
                let ids = try await house.file.vectorSearch(query, limit: 10, among: filter).map(\.id)
                let expected = house.nearest(query, limit: 10) { filter?.contains($0) ?? true }
                #expect(ids.allSatisfy { filter?.contains($0) ?? true })
                found += Set(ids).intersection(expected.map(\.id)).count
            }
            #expect(found >= 495)
        }
        let made = try #require(try await lists(house.file))
        let looked = (0..<50).map { _ in made.candidates(house.vector(), limit: 10) { _ in true }.looked }
        #expect(looked.allSatisfy { $0 >= 10 })
        #expect(looked.reduce(0, +) < 50 * 4_000 / 2)
    }

    @Test func listsAreMadeAnewWhenTheyFitNoMore() async throws {
        let house = try VectorHouse(dimension: 16, seed: 53, vectorMemory: 64 << 20, listedFrom: 800)
        let cache = try #require(house.file.codes)
        func lacks() async throws -> Bool {
            _ = try await house.file.pool.read { try cache.current(in: $0) }
            return cache.lackingLists() != nil
        }
        try await house.put("a", 400)
        try await house.put("b", 300)
        #expect(try await lacks() == false)
        try await house.put("c", 300)
        #expect(try await lacks())
        await house.file.finishLists()
        #expect(try await lacks() == false)
        try await house.put("d", 100)
        #expect(try await lacks() == false)
        try await house.put("e", 100)
        #expect(try await lacks())
        await house.file.finishLists()
        #expect(try await lists(house.file)?.count == 1_200)
        try await house.remove("b")
        #expect(try await lacks())
    }

    /// Chunks that are alike all come into one list, and most lists stay empty.
    @Test func vectorsThatAreAllTheSame() async throws {
        let house = try VectorHouse(dimension: 16, seed: 54, vectorMemory: 64 << 20, listedFrom: 400)
        let vector = house.vector()
        try await house.file.replace(
            CourseFixture.document("a"), chunks: (0..<700).map { _ in CourseFixture.chunk("x") },
            vectors: (0..<700).flatMap { _ in vector })
        _ = try await house.file.vectorSearch(vector, limit: 1)
        await house.file.finishLists()
        #expect(try await lists(house.file)?.count == 700)
        #expect(try await house.file.vectorSearch(vector, limit: 900).count == 700)
        #expect(try await house.file.vectorSearch(house.vector(), limit: 10).count == 10)
    }

    @Test func noMoreMemoryThanAllowed() async throws {
        // Two blocks of 16 dimensions take 12 KiB, lists of 1,500 chunks 42 KB.
        for (limit, isEnough) in [(40_000, false), (60_000, true)] {
            let house = try VectorHouse(dimension: 16, seed: 55, vectorMemory: limit, listedFrom: 100)
            try await house.put("a", 1_500)
            _ = try await house.file.pool.read { [codes = house.file.codes] in try codes?.current(in: $0) }
            await house.file.finishLists()
            #expect(try await (lists(house.file) != nil) == isEnough)
        }
    }

    @Test func closingEndsWhatIsUnderWay() async throws {
        let memory = VectorMemory(bytes: 64 << 20)
        let house = try VectorHouse(
            dimension: 64, seed: 56, vectorMemory: 64 << 20, listedFrom: 100, sharedMemory: memory)
        try await house.put("a", 2_000)
        _ = try await house.file.vectorSearch(house.vector(), limit: 1)
        #expect(memory.claimed > 0)
        await house.file.close()
        #expect(house.file.listing.withLock { $0.task == nil && $0.isClosed })
        #expect(memory.claimed == 0 && house.file.codes?.lackingLists() == nil)
        house.file.makeListsIfLacking()
        #expect(house.file.listing.withLock { $0.task == nil })
    }

    private func lists(_ file: CourseFile) async throws -> CodeLists? {
        let cache = try #require(file.codes)
        return try await file.pool.read { try cache.current(in: $0).held?.lists }
    }
}

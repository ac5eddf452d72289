import Foundation
import SQLite
import TestSupport
import Testing

@testable import CourseStore

@Suite struct CodeTableTests {
    private func blocks(of file: CourseFile) async throws -> [Int] {
        try await file.pool.read { try $0.rows("SELECT live FROM code_block ORDER BY first_id") { $0.int(0) } }
    }

    private func centres(of file: CourseFile) async throws -> (kept: Int, used: Int) {
        try await file.pool.read { connection in
            (
                try connection.row("SELECT count(*) FROM code_centre") { $0.int(0) } ?? 0,
                try connection.row("SELECT count(DISTINCT centre) FROM code_block") { $0.int(0) } ?? 0
            )
        }
    }

    @Test func theLastBlockIsFilledBeforeAnotherBegins() async throws {
        let house = try VectorHouse(dimension: 16, seed: 1, vectorMemory: 0)
        for document in 0..<11 { try await house.put("\(document)", 100) }
        #expect(try await blocks(of: house.file) == [1_024, 76])
        #expect(try await VectorHouse.faults(of: house.file, dimension: 16) == [])
    }

    @Test func blocksWithFewLeftAreJoined() async throws {
        let house = try VectorHouse(dimension: 16, seed: 2, vectorMemory: 0)
        for document in 0..<40 { try await house.put("\(document)", 200) }
        for document in 0..<40 where document % 8 != 0 { try await house.remove("\(document)") }
        let left = try await blocks(of: house.file)
        #expect(left.reduce(0, +) == 1_000)
        for (one, next) in zip(left, left.dropFirst()) { #expect(one + next > CodeTable.joinedLimit) }
        #expect(try await VectorHouse.faults(of: house.file, dimension: 16) == [])
        for document in 0..<40 { try await house.remove("\(document)") }
        #expect(try await blocks(of: house.file) == [])
        try await house.put("again", 3)
        #expect(try await blocks(of: house.file) == [3])
    }

    /// A course that changes its language, so to speak: the centre follows, a few blocks a write, and queries see both.
    @Test func theCentreFollowsTheVectors() async throws {
        let fixture = try CourseFixture()
        let file = try fixture.open(space: CourseFixture.space(32), vectorMemory: 0)
        var numbers = SeededNumbers(40)
        func add(_ path: String, _ count: Int, along axis: Int) async throws {
            let vectors = (0..<count).flatMap { _ in
                var vector = numbers.unitVector(32).map { $0 * 0.5 }
                vector[axis] += 0.8
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return vector.map { $0 / length }
            }
            try await file.replace(
                CourseFixture.document(path), chunks: (0..<count).map { _ in CourseFixture.chunk("x") },
                vectors: vectors)
        }
        try await add("first", 3_000, along: 0)
        #expect(try await centres(of: file) == (1, 1))
        try await add("second", 6_000, along: 9)
        let moving = try await centres(of: file)
        #expect(moving.kept == 2 && moving.used == 2)
        let query = numbers.unitVector(32)
        #expect(try await file.vectorSearch(query, limit: 20_000).count == 9_000)
        for step in 0..<12 { try await add("step \(step)", 1, along: 9) }
        #expect(try await centres(of: file) == (1, 1))
        #expect(try await VectorHouse.faults(of: file, dimension: 32) == [])
        #expect(try await file.vectorSearch(query, limit: 20_000).count == 9_012)
    }

    @Test func anOlderFileGetsItsCodesWhenItIsOpened() async throws {
        let fixture = try CourseFixture()
        let older = try ConnectionPool(
            path: fixture.path, migrations: Array(CourseSchema.migrations.prefix(3)),
            applicationID: CourseSchema.applicationID, pageSize: CourseSchema.pageSize)
        let vectors = try await older.write { connection in
            var numbers = SeededNumbers(50)
            try connection.run(
                """
                INSERT INTO document (key, id, path, title, content_hash, byte_count, media_type, language, chunk_count,
                    character_count, warnings, ingested_at) VALUES (1, 'i', 'a.md', 'A', 'h', 1, 't', 'pt', 1500, 1, '[]', 0)
                """)
            let vectors = try (0..<1_500).map { ordinal in
                let id = try ChunkTable.insert(
                    CourseFixture.chunk("x"), ordinal: ordinal, documentKey: 1, in: connection)
                let vector = numbers.unitVector()
                try VectorTable.insert(vector[...], chunkID: id, in: connection)
                return (id, vector)
            }
            return vectors
        }
        await older.close()
        let file = try fixture.open()
        #expect(try await blocks(of: file) == [1_024, 476])
        #expect(try await VectorHouse.faults(of: file, dimension: CourseFixture.dimension) == [])
        let found = try await file.vectorSearch(vectors[700].1, limit: 1)
        #expect(found.map(\.id) == [vectors[700].0])
        #expect(try await file.remove(documentID: "i"))
        #expect(try await blocks(of: file) == [])
    }

    /// A process that dies while it writes leaves a file and some of its write-ahead log: cut anywhere, the codes are those
    /// of the vectors.
    @Test func whateverACrashLeavesIsOfOnePiece() async throws {
        let house = try VectorHouse(dimension: 16, seed: 60, vectorMemory: 0)
        for step in 0..<8 { try await house.put("\(step % 5)", 100 + 150 * step) }
        try await house.remove("1")
        let path = house.fixture.path
        let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
        #expect(log.count > 100_000)
        var sizes: Set<Int> = []
        for _ in 0..<12 {
            let crashed = try CourseFixture()
            try FileManager.default.copyItem(atPath: path, toPath: crashed.path)
            let length = Int.random(in: 0...log.count, using: &house.numbers)
            try log.prefix(length).write(to: URL(fileURLWithPath: crashed.path + "-wal"))
            let file = try crashed.open(space: CourseFixture.space(16), vectorMemory: 0)
            #expect(try await VectorHouse.faults(of: file, dimension: 16) == [])
            let count = try await file.counts().chunks
            #expect(try await file.vectorSearch(house.vector(), limit: 9_000).count == count)
            sizes.insert(count)
            await file.close()
        }
        #expect(sizes.count > 2)
    }

    /// What is held in memory is not read again, and what was written since is.
    @Test func onlyChangedBlocksAreRead() async throws {
        let house = try VectorHouse(dimension: 32, seed: 70, vectorMemory: 1 << 24)
        try await house.put("a", 1_500)
        let query = house.vector()
        let former = try await house.file.vectorSearch(query, limit: 20)
        // Only what is kept from before can still be there after this.
        try await house.file.pool.write { try $0.execute("UPDATE code_block SET codes = zeroblob(1)") }
        #expect(try await house.file.vectorSearch(query, limit: 20) == former)
        let cold = try house.fixture.open(space: CourseFixture.space(32), vectorMemory: 0)
        let error = await #expect(throws: SQLiteError.self) { try await cold.vectorSearch(query, limit: 20) }
        #expect(error?.kind == .corrupt)
    }

    @Test func damagedCodesAreCalledCorrupt() async throws {
        for damage in [
            "codes = zeroblob(7)", "runs = zeroblob(12)", "runs = zeroblob(5)", "centre = 99",
        ] {
            for vectorMemory in [0, 1 << 24] {
                let house = try VectorHouse(dimension: 32, seed: 80, vectorMemory: vectorMemory)
                try await house.put("a", 1_200)
                try await house.file.pool.write { try $0.execute("UPDATE code_block SET \(damage)") }
                let query = house.vector()
                let error = await #expect(throws: SQLiteError.self) {
                    try await house.file.vectorSearch(query, limit: 20)
                }
                #expect(error?.kind == .corrupt, "\(damage)")
            }
        }
    }
}

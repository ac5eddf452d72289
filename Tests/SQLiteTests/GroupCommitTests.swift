import Dispatch
import Foundation
import Glibc
import SQLite
import Support
import TestSupport
import Testing

/// Writes that share a transaction.
@Suite(.timeLimit(.minutes(10))) struct GroupCommitTests {
    private struct Stop: Error {}

    private let folder: TemporaryFolder
    private let schema = [
        Migration(
            1,
            """
            CREATE TABLE item (name TEXT PRIMARY KEY);
            -- Checked by COMMIT, which then fails.
            CREATE TABLE note (item TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED);
            """)
    ]

    init() throws { folder = try TemporaryFolder() }

    private func pool(in place: String? = nil) throws -> ConnectionPool {
        try ConnectionPool(path: (place.map { $0 + "/" } ?? folder.file("")) + "test.sqlite", migrations: schema)
    }

    private func names(_ pool: ConnectionPool) async throws -> [String] {
        try await pool.read { try $0.rows("SELECT name FROM item ORDER BY name") { $0.text(0) } }
    }

    private static func insert(_ name: String, _ connection: Connection) throws {
        try connection.run("INSERT INTO item (name) VALUES (?)", [SQLValue(name)])
    }

    /// Lets `bodies` wait together, in their order, behind one that inserts "first", and returns what each was told.
    private func together(
        _ pool: ConnectionPool, _ bodies: [@Sendable (Connection) throws -> Void]
    ) async throws -> [(any Error)?] {
        let began = Latch()
        let goOn = DispatchSemaphore(value: 0)
        let first = Task {
            try await pool.write { connection in
                began.open()
                goOn.wait()
                try Self.insert("first", connection)
            }
        }
        await began.wait()
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await pool.write(body) })
            try await eventually { pool.writeFigures.waiting >= tasks.count }
        }
        goOn.signal()
        var told: [(any Error)?] = []
        for task in [first] + tasks {
            do {
                try await task.value
                told.append(nil)
            } catch {
                told.append(error)
            }
        }
        return told
    }

    @Test("Parts that may run twice have no savepoint: when one of them is taken back, all of them run again")
    func whatMayRunTwiceIsRepeated() async throws {
        let pool = try pool()
        let began = Latch()
        let goOn = DispatchSemaphore(value: 0)
        let runs = Locked(0)
        let before = pool.writeFigures.commits
        let first = Task {
            try await pool.write(isRepeatable: true) { connection in
                began.open()
                goOn.wait()
                // For the second time.
                goOn.signal()
                runs.withLock { $0 += 1 }
                try Self.insert("first", connection)
            }
        }
        await began.wait()
        let bodies: [@Sendable (Connection) throws -> Void] = [
            { _ in throw Stop() },
            {
                try Self.insert("bad", $0)
                throw Stop()
            },
            { try Self.insert("last", $0) },
        ]
        var tasks: [Task<Void, any Error>] = []
        for body in bodies {
            tasks.append(Task { try await pool.write(isRepeatable: true, body) })
            try await eventually { pool.writeFigures.waiting >= tasks.count }
        }
        goOn.signal()
        try await first.value
        for refused in tasks[..<2] { await #expect(throws: Stop.self) { try await refused.value } }
        try await tasks[2].value
        #expect(try await names(pool) == ["first", "last"])
        #expect(runs.withLock { $0 } == 2)
        #expect(pool.writeFigures.commits == before + 1)
    }

    @Test func twoHundredWritesThatWaitNeedFourCommits() async throws {
        let pool = try pool()
        let told = try await together(
            pool, (1...200).map { number in { try Self.insert("\(number)", $0) } })
        #expect(told.allSatisfy { $0 == nil })
        // 64 in each transaction, of 201.
        #expect(pool.writeFigures.writes == 201 && pool.writeFigures.commits == 4)
        #expect(try await names(pool).count == 201)
    }

    @Test func aBodyThatThrowsTakesBackItsOwnChangesOnly() async throws {
        let pool = try pool()
        let told = try await together(
            pool,
            [
                { try Self.insert("a", $0) },
                { connection in
                    try Self.insert("b", connection)
                    throw Stop()
                },
                { connection in
                    try Self.insert("c", connection)
                    try Self.insert("a", connection)
                },
                { connection in
                    // It sees what the ones before it did.
                    let count = try connection.row("SELECT count(*) FROM item", [], { $0.int(0) })
                    try Self.insert("d after \(count ?? 0)", connection)
                },
            ])
        #expect(told[0] == nil && told[1] == nil && told[2] is Stop && told[4] == nil)
        #expect((told[3] as? SQLiteError)?.kind == .constraint)
        #expect(try await names(pool) == ["a", "d after 2", "first"])
        #expect(pool.writeFigures.commits == 1)
    }

    @Test func theFirstMayThrowToo() async throws {
        let pool = try pool()
        let told = try await together(
            pool, [{ try Self.insert("first", $0) }, { _ in throw Stop() }, { try Self.insert("last", $0) }])
        #expect(told[0] == nil && told[1] is SQLiteError && told[2] is Stop && told[3] == nil)
        await #expect(throws: Stop.self) { try await pool.write { _ in throw Stop() } }
        #expect(try await names(pool) == ["first", "last"])
    }

    @Test func aCommitThatFailsFailsAllThatShareIt() async throws {
        let pool = try pool()
        let told = try await together(
            pool,
            [
                { try Self.insert("a", $0) },
                { try $0.run("INSERT INTO note (item) VALUES ('nothing')") },
                { _ in throw Stop() },
                { try Self.insert("b", $0) },
            ])
        #expect(told[3] is Stop)
        for index in [0, 1, 2, 4] { #expect((told[index] as? SQLiteError)?.kind == .constraint) }
        #expect(try await names(pool).isEmpty)
        #expect(pool.writeFigures.commits == 0)
        try await pool.write { try Self.insert("after", $0) }
        #expect(try await names(pool) == ["after"])
    }

    /// Some errors make SQLite roll the whole transaction back at once; a ROLLBACK stands for them here.
    @Test func aLostTransactionFailsThoseInItAndNotThoseBehindIt() async throws {
        let pool = try pool()
        let told = try await together(
            pool,
            [
                { try Self.insert("a", $0) },
                { connection in
                    try connection.execute("ROLLBACK")
                    throw Stop()
                },
                { try Self.insert("b", $0) },
            ])
        #expect(told[0] is Stop && told[1] is Stop && told[2] is Stop && told[3] == nil)
        #expect(try await names(pool) == ["b"])
    }

    @Test func aBodyThatKeepsALostTransactionToItselfIsFoundOut() async throws {
        let pool = try pool()
        let told = try await together(
            pool,
            [
                { try Self.insert("a", $0) },
                { try $0.execute("ROLLBACK") },
                { try Self.insert("b", $0) },
            ])
        #expect(told[0] is SQLiteError && told[1] is SQLiteError && told[2] is SQLiteError && told[3] == nil)
        // The first of a transaction has no savepoint that would miss it: here it follows one that fails by itself.
        try await pool.write { try Self.insert("first", $0) }
        let behind = try await together(pool, [{ try $0.execute("ROLLBACK") }, { try Self.insert("c", $0) }])
        #expect(behind[0] is SQLiteError && behind[1] is SQLiteError && behind[2] == nil)
        #expect(try await names(pool) == ["b", "c", "first"])
    }

    @Test func cancellingAWaitingWriteTakesOnlyItBack() async throws {
        let pool = try pool()
        let began = Latch()
        let goOn = DispatchSemaphore(value: 0)
        let first = Task {
            try await pool.write { _ in
                began.open()
                goOn.wait()
            }
        }
        await began.wait()
        let tasks = ["a", "b", "c"].map { name in Task { try await pool.write { try Self.insert(name, $0) } } }
        try await eventually { pool.writeFigures.waiting >= 3 }
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        goOn.signal()
        try await first.value
        try await tasks[0].value
        try await tasks[2].value
        #expect(try await names(pool) == ["a", "c"])
    }

    @Test func whoeverIsToldFindsItThereAndWhoeverIsNotDoesNot() async throws {
        let pool = try pool()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let isStored: Bool
                    do {
                        try await pool.write { connection in
                            try Self.insert("\(number)", connection)
                            if number.isMultiple(of: 3) { throw Stop() }
                            // A page too many, for whoever shares it as well.
                            if number % 50 == 1 {
                                let pages = try connection.row("PRAGMA page_count", [], { $0.int(0) }) ?? 0
                                try connection.execute("PRAGMA max_page_count = \(pages)")
                                defer { try? connection.execute("PRAGMA max_page_count = 1000000") }
                                let filling = String(repeating: "x", count: 100_000)
                                try connection.run("INSERT INTO note (item) VALUES (?)", [SQLValue(filling)])
                            }
                        }
                        isStored = true
                    } catch {
                        isStored = false
                    }
                    let isThere = try await pool.read { connection in
                        try connection.row("SELECT 1 FROM item WHERE name = ?", [SQLValue("\(number)")]) { _ in true }
                    }
                    #expect(isStored == (isThere == true))
                    #expect(number.isMultiple(of: 3) == false || !isStored)
                }
            }
            try await group.waitForAll()
        }
        #expect(pool.writeFigures.commits < 200)
    }

    /// A real file system without room, where this process may mount one.
    @Test(.enabled(if: geteuid() == 0, "needs to mount a file system"))
    func aFullDiskFailsTheWholeGroupAndIsOverWhenThereIsRoom() async throws {
        let place = folder.file("small")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        // A container may be root without that right: nothing to see there.
        guard mount("none", place, "tmpfs", 0, "size=512k") == 0 else { return }
        let pool = try pool(in: place)
        let filler = place + "/filler"
        try Data().write(to: URL(fileURLWithPath: filler))
        let full = open(filler, O_WRONLY)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(full, block, block.count) > 0 {}
        let error = await #expect(throws: SQLiteError.self) {
            for number in 0..<64 { try await pool.write { try Self.insert("probe \(number)", $0) } }
        }
        #expect(error?.kind == .full)
        let before = try await names(pool)
        let told = try await together(
            pool,
            (1...10).map { number in { try Self.insert("\(number)" + String(repeating: "x", count: 5000), $0) } })
        #expect(told.allSatisfy { ($0 as? SQLiteError)?.kind == .full })
        #expect(try await names(pool) == before)
        #expect(ftruncate(full, 0) == 0)
        #expect(try await together(pool, [{ try Self.insert("after", $0) }]).allSatisfy { $0 == nil })
        #expect(Set(try await names(pool)) == Set(before + ["after", "first"]))
        Glibc.close(full)
        await pool.close()
        #expect(umount(place) == 0)
    }

    /// What a savepoint would take back goes to a temporary file when it is too much for memory; of a chunk of more than
    /// 128 KiB, SQLite would write a part and say that the disk is full.
    @Test func aPartMayChangeFarMoreThanIsKeptInMemory() async throws {
        let pool = try pool()
        try await pool.write { connection in
            for number in 0..<600 { try Self.insert("\(number) " + String(repeating: "x", count: 8_000), connection) }
        }
        let told = try await together(
            pool,
            [
                { try $0.run("UPDATE item SET name = upper(name)") },
                { connection in
                    try connection.run("UPDATE item SET name = lower(name)")
                    throw Stop()
                },
            ])
        #expect(told[0] == nil && told[1] == nil)
        #expect(told[2] is Stop)
        let kept = try await names(pool)
        #expect(kept.count == 601 && kept.filter { $0.hasSuffix("XXX") }.count == 600)
    }
}

import Foundation
import SQLite
import Support
import Testing

@Suite struct ConnectionPoolTests {
    private let folder: TemporaryFolder
    private let schema = [Migration(1, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")]

    init() throws { folder = try TemporaryFolder() }

    private func pool(_ name: String = "a/b/test.sqlite", readers: Int = 4) throws -> ConnectionPool {
        try ConnectionPool(path: folder.file(name), readers: readers, migrations: schema)
    }

    private func count(_ pool: ConnectionPool) async throws -> Int? {
        try await pool.read { try $0.row("SELECT count(*) FROM item", [], { $0.int(0) }) }
    }

    @Test func everyStorageClassComesBackAsItWent() async throws {
        let pool = try pool()
        let text = "olá \u{0} 👩‍🏫 \"'"
        let values: [SQLValue] = [
            nil, 7, SQLValue(Int.min), SQLValue(2.5), SQLValue(text), "", SQLValue([0, 255, 3]), SQLValue([UInt8]()),
            SQLValue(true), SQLValue(Timestamp(milliseconds: 1_733_788_120_123)), SQLValue(nil as String?),
            SQLValue(nil as Int?),
        ]
        try await pool.write { connection in
            let marks = Array(repeating: "?", count: values.count).joined(separator: ",")
            try connection.row("SELECT \(marks)", values) { row in
                #expect(row.isNull(0) && row.isNull(10) && row.isNull(11))
                #expect(row.int(1) == 7 && row.int(2) == Int.min && row.double(3) == 2.5)
                #expect(row.text(4) == text && row.text(5).isEmpty && !row.isNull(5))
                #expect(row.blob(6) == [0, 255, 3] && row.blob(7).isEmpty && !row.isNull(7))
                #expect(row.int(8) == 1 && row.timestamp(9).milliseconds == 1_733_788_120_123)
                #expect(row.optionalText(0) == nil && row.optionalInt(1) == 7 && row.optionalTimestamp(10) == nil)
            }
        }
    }

    @Test func aThrowRollsTheWholeWriteBack() async throws {
        struct Stop: Error {}
        let pool = try pool()
        await #expect(throws: Stop.self) {
            try await pool.write { connection in
                try connection.run("INSERT INTO item (name) VALUES (?)", ["one"])
                throw Stop()
            }
        }
        #expect(try await count(pool) == 0)
        let changed = try await pool.write { try $0.run("INSERT INTO item (name) VALUES (?), (?)", ["one", "two"]) }
        #expect(changed == 2)
        #expect(try await count(pool) == 2)
    }

    @Test func aBrokenConstraintIsNamedAndWritesNothing() async throws {
        let pool = try pool()
        let error = await #expect(throws: SQLiteError.self) {
            try await pool.write { try $0.run("INSERT INTO item (name) VALUES ('a'), ('a')") }
        }
        #expect(error?.kind == .constraint)
        #expect(error?.label == "sqlite_constraint")
        #expect(try await count(pool) == 0)
    }

    @Test func aFullDiskIsSaidAndLosesNothing() async throws {
        let pool = try pool()
        try await pool.write { try $0.run("INSERT INTO item (name) VALUES ('kept')") }
        let error = await #expect(throws: SQLiteError.self) {
            try await pool.write { connection in
                let pages = try connection.row("PRAGMA page_count", [], { $0.int(0) }) ?? 0
                try connection.execute("PRAGMA max_page_count = \(pages + 2)")
                for number in 0..<1000 {
                    let name = "\(number)" + String(repeating: "x", count: 1000)
                    try connection.run("INSERT INTO item (name) VALUES (?)", [SQLValue(name)])
                }
            }
        }
        #expect(error?.kind == .full)
        #expect(error?.description.hasPrefix("The disk is full") == true)
        #expect(try await count(pool) == 1)
        try await pool.write { connection in
            try connection.execute("PRAGMA max_page_count = 1000000")
            try connection.run("INSERT INTO item (name) VALUES ('after')")
        }
        #expect(try await count(pool) == 2)
    }

    @Test func readersSeeOneMomentWhileAWriterGoesOn() async throws {
        let pool = try pool()
        let writes = 200
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<writes {
                    // Always two rows at once: a reader that sees an odd count has seen half a transaction.
                    try await pool.write { connection in
                        try connection.run("INSERT INTO item (name) VALUES (?)", [SQLValue("a\(number)")])
                        try connection.run("INSERT INTO item (name) VALUES (?)", [SQLValue("b\(number)")])
                    }
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        let (before, after) = try await pool.read { connection in
                            let sql = "SELECT count(*) FROM item"
                            let before = try connection.row(sql, [], { $0.int(0) }) ?? -1
                            return (before, try connection.row(sql, [], { $0.int(0) }) ?? -1)
                        }
                        #expect(before == after)
                        #expect(before.isMultiple(of: 2))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count(pool) == 2 * writes)
    }

    @Test func readersCannotWrite() async throws {
        let pool = try pool()
        let error = await #expect(throws: SQLiteError.self) {
            try await pool.read { try $0.run("INSERT INTO item (name) VALUES ('no')") }
        }
        #expect(error?.kind == .readOnly)
    }

    @Test func twoPoolsOnOneFileWaitForEachOther() async throws {
        let first = try pool()
        let second = try pool()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, pool) in [("first", first), ("second", second)] {
                group.addTask {
                    for number in 0..<50 {
                        try await pool.write { connection in
                            try connection.run("INSERT INTO item (name) VALUES (?)", [SQLValue("\(name)\(number)")])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await count(second) == 100)
    }

    /// A count that would take hours; it tells when it has begun.
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    @Test func cancellingInterruptsARunningRead() async throws {
        let pool = try pool(readers: 1)
        let began = Latch()
        let task = Task {
            try await pool.read { connection in
                began.open()
                return try connection.row(Self.endless, [], { $0.int(0) })
            }
        }
        await began.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The one reader is usable again, and the old wish does not reach the next job.
        #expect(try await count(pool) == 0)
    }

    @Test func cancellingTakesAWaitingJobBackButNotARunningWrite() async throws {
        let pool = try pool()
        let began = Latch()
        let release = DispatchSemaphore(value: 0)
        let running = Task {
            try await pool.write { connection in
                began.open()
                release.wait()
                return try connection.run("INSERT INTO item (name) VALUES ('outcome')")
            }
        }
        await began.wait()
        let waiting = Task { try await pool.write { try $0.run("INSERT INTO item (name) VALUES ('late')") } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        running.cancel()
        release.signal()
        #expect(try await running.value == 1)
        #expect(try await count(pool) == 1)
    }

    @Test(.timeLimit(.minutes(10))) func theLineBeforeAConnectionIsBounded() async throws {
        let pool = try pool()
        let began = Latch()
        let release = DispatchSemaphore(value: 0)
        let running = Task {
            try await pool.write { _ in
                began.open()
                release.wait()
            }
        }
        await began.wait()
        let refused = await withTaskGroup(of: SQLiteError.Kind?.self) { group in
            for _ in 0...10_000 {
                group.addTask {
                    do {
                        try await pool.write { _ in }
                        return nil
                    } catch {
                        // The one too many lets the others go.
                        release.signal()
                        return (error as? SQLiteError)?.kind
                    }
                }
            }
            var kinds: [SQLiteError.Kind] = []
            for await kind in group { if let kind { kinds.append(kind) } }
            return kinds
        }
        try await running.value
        #expect(refused == [.overloaded])
    }

    @Test func closingFinishesWhatWasHandedInAndRefusesTheRest() async throws {
        let pool = try pool()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let began = Latch()
            group.addTask {
                try await pool.write { connection in
                    began.open()
                    try connection.run("INSERT INTO item (name) VALUES ('last')")
                }
            }
            await began.wait()
            await pool.close()
            await pool.close()
            try await group.waitForAll()
        }
        let error = await #expect(throws: SQLiteError.self) { try await count(pool) }
        #expect(error?.kind == .closed)
        #expect(try await count(try self.pool()) == 1)
    }

    @Test func closingFoldsTheLogIntoTheFile() async throws {
        let pool = try pool()
        try await pool.write { try $0.run("INSERT INTO item (name) VALUES ('kept')") }
        await pool.close()
        #expect(!FileManager.default.fileExists(atPath: folder.file("a/b/test.sqlite-wal")))
        #expect(try await count(try self.pool()) == 1)
    }

    @Test func theSameStatementMayRunInsideItself() async throws {
        let pool = try pool()
        let pairs = try await pool.write { connection in
            try connection.run("INSERT INTO item (name) VALUES ('a'), ('b'), ('c')")
            let sql = "SELECT name FROM item ORDER BY id"
            return try connection.rows(sql) { outer in
                outer.text(0) + (try connection.rows(sql) { $0.text(0) }).joined()
            }
        }
        #expect(pairs == ["aabc", "babc", "cabc"])
    }

    /// Keys that have no row are passed over, and what was found may decide which comes next.
    @Test func rowsAreLookedUpByKey() async throws {
        let pool = try pool()
        let found = try await pool.write { connection in
            try connection.run("INSERT INTO item VALUES (1, 'b'), (2, 'c'), (3, 'a'), (5, 'd')")
            let sql = "SELECT name FROM item WHERE id = ?"
            var names: [String] = []
            try connection.forEach(sql, keys: [3, 4, 1, 3]) { names.append("\($0)\($1.text(0))") }
            var next: Int64? = 1
            try connection.forEach(sql, nextKey: { next }) { key, row in
                names.append(row.text(0))
                next = key < 3 ? key + 1 : nil
            }
            return names
        }
        #expect(found == ["3a", "1b", "3a", "b", "c", "a"])
    }

    @Test func moreStatementsThanTheCacheHolds() async throws {
        let pool = try pool()
        let sum = try await pool.read { connection in
            try (0..<300).reduce(0) { $0 + (try connection.row("SELECT \($1)", [], { $0.int(0) }) ?? 0) }
        }
        #expect(sum == 299 * 300 / 2)
    }
}

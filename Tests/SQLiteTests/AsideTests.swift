import Dispatch
import Foundation
import SQLite
import Support
import Testing

/// Work outside a transaction, on a connection of its own.
@Suite(.timeLimit(.minutes(10))) struct AsideTests {
    private let folder: TemporaryFolder
    private let path: String
    private let schema = [Migration(1, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")]

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
    }

    private func pool(readers: Int = 1) throws -> ConnectionPool {
        try ConnectionPool(path: path, readers: readers, migrations: schema, applicationID: 77)
    }

    private static let countItems = "SELECT count(*) FROM item"

    @Test func aCopyIsMadeWhileTheWriterIsInTheMiddleOfSomething() async throws {
        let pool = try pool()
        try await pool.write { try $0.run("INSERT INTO item (name) VALUES ('a'), ('b')") }
        let began = Latch()
        let release = DispatchSemaphore(value: 0)
        let writing = Task {
            try await pool.write { connection in
                try connection.run("INSERT INTO item (name) VALUES ('c')")
                began.open()
                release.wait()
            }
        }
        await began.wait()
        let copy = folder.file("copy.sqlite")
        try await pool.aside { connection in
            try connection.check()
            try connection.copy(to: copy)
        }
        release.signal()
        try await writing.value
        let copied = try ConnectionPool(path: copy, migrations: schema, applicationID: 77)
        #expect(try await copied.read { try $0.row(Self.countItems, [], { $0.int(0) }) } == 2)
        #expect(try await pool.read { try $0.row(Self.countItems, [], { $0.int(0) }) } == 3)
    }

    @Test func aFileInTheWayIsLeftAlone() async throws {
        let pool = try pool()
        let taken = folder.file("taken")
        try "somebody's".write(toFile: taken, atomically: true, encoding: .utf8)
        await #expect(throws: SQLiteError.self) { try await pool.aside { try $0.copy(to: taken) } }
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "somebody's")
    }

    @Test func itCannotWriteAlsoAfterACopy() async throws {
        let pool = try pool()
        let copy = folder.file("copy.sqlite")
        let error = await #expect(throws: SQLiteError.self) {
            try await pool.aside { connection in
                try connection.copy(to: copy)
                try connection.run("INSERT INTO item (name) VALUES ('no')")
            }
        }
        #expect(error?.kind == .readOnly)
    }

    @Test func cancellingInterruptsIt() async throws {
        let pool = try pool()
        let began = Latch()
        let task = Task {
            try await pool.aside { connection in
                began.open()
                try connection.row(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", []
                ) { _ in }
            }
        }
        await began.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aFileNobodyHasOpenIsCheckedForItsOwnerFirst() async throws {
        await (try pool()).close()
        let count = try await ConnectionPool.aside(path: path, migrations: schema, applicationID: 77) {
            try $0.row(Self.countItems, [], { $0.int(0) })
        }
        #expect(count == 0)
        try await ConnectionPool.check(path: path, migrations: schema, applicationID: 77)
        let error = await #expect(throws: SQLiteError.self) {
            try await ConnectionPool.aside(path: path, migrations: schema, applicationID: 78) { _ in }
        }
        #expect(error?.kind == .foreignFile)
    }
}

import Foundation
import SQLite
import Testing

@Suite struct MigrationTests {
    private let folder: TemporaryFolder
    private let path: String
    private static let first = Migration(1, "CREATE TABLE a (x INTEGER)")
    private static let second = Migration(2, "ALTER TABLE a ADD COLUMN y INTEGER; CREATE INDEX ay ON a (y)")

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("test.sqlite")
    }

    @Test func anOldFileIsBroughtForwardAndKeepsItsRows() async throws {
        let old = try ConnectionPool(path: path, migrations: [Self.first], applicationID: 77)
        try await old.write { try $0.run("INSERT INTO a (x) VALUES (5)") }
        await old.close()
        let new = try ConnectionPool(path: path, migrations: [Self.first, Self.second], applicationID: 77)
        let row = try await new.read { connection in
            try connection.row("SELECT x, y IS NULL, (SELECT * FROM pragma_user_version) FROM a") { row in
                [row.int(0), row.int(1), row.int(2)]
            }
        }
        #expect(row == [5, 1, 2])
    }

    @Test func aFileOfANewerProgramIsRefusedWithASentence() async throws {
        let new = try ConnectionPool(path: path, migrations: [Self.first, Self.second])
        await new.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: SQLiteError.self) { try ConnectionPool(path: path, migrations: [Self.first]) }
        #expect(error?.kind == .newerVersion)
        #expect(error?.description.contains("schema 2, this one knows 1") == true)
        #expect(error?.description.contains("run the newer program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aFileOfAnotherProgramIsRefusedUntouched() async throws {
        let other = try ConnectionPool(path: path, migrations: [Self.first])
        await other.close()
        let error = #expect(throws: SQLiteError.self) {
            try ConnectionPool(path: path, migrations: [Self.first], applicationID: 77)
        }
        #expect(error?.kind == .foreignFile)
    }

    @Test func aFailingStepLeavesTheVersionBeforeIt() async throws {
        let broken = Migration(2, "CREATE TABLE b (x); CREATE TABLE a (x)")
        let error = #expect(throws: SQLiteError.self) {
            try ConnectionPool(path: path, migrations: [Self.first, broken])
        }
        #expect(error?.kind == .other)
        #expect(error?.detail.contains("already exists") == true)
        let pool = try ConnectionPool(path: path, migrations: [Self.first, Self.second])
        let tables = try await pool.read { try $0.rows("SELECT name FROM sqlite_schema ORDER BY name") { $0.text(0) } }
        #expect(tables == ["a", "ay"])
    }

    @Test func manyProgramsMayOpenANewFileAtOnce() async throws {
        let path = path
        let pools = try await withThrowingTaskGroup(of: ConnectionPool.self) { group in
            for _ in 0..<6 {
                group.addTask { try ConnectionPool(path: path, migrations: [Self.first, Self.second]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for pool in pools {
            #expect(try await pool.read { try $0.row("PRAGMA user_version", [], { $0.int(0) }) } == 2)
        }
    }

    @Test func aTextFileIsNotADatabase() throws {
        try String(repeating: "not a database, but long enough to look like one\n", count: 100)
            .write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: SQLiteError.self) { try ConnectionPool(path: path, migrations: [Self.first]) }
        #expect(error?.kind == .notADatabase)
        #expect(error?.description.contains("is not an SQLite database") == true)
    }

    @Test func aFolderInPlaceOfTheFileCannotBeOpened() throws {
        let error = #expect(throws: SQLiteError.self) {
            try ConnectionPool(path: folder.path, migrations: [Self.first])
        }
        #expect(error?.kind == .cannotOpen)
    }

    @Test func aDamagedFileIsCalledDamaged() async throws {
        let pool = try ConnectionPool(path: path, migrations: [Self.first])
        try await pool.write { connection in
            for _ in 0..<2000 { try connection.run("INSERT INTO a (x) VALUES (random())") }
        }
        await pool.close()
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xa5, count: 8192))
        try handle.close()
        let damaged = try ConnectionPool(path: path, migrations: [Self.first])
        let error = await #expect(throws: SQLiteError.self) {
            try await damaged.read { try $0.row("SELECT count(*), sum(x) FROM a", [], { $0.int(0) }) }
        }
        #expect(error?.kind == .corrupt)
    }

    @Test func aFileWithoutWritePermissionIsCalledReadOnly() async throws {
        let pool = try ConnectionPool(path: path, migrations: [Self.first])
        await pool.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
        let path = path
        let result = await withCheckedContinuation { continuation in
            // Root may write everything: this thread alone looks at files as another user.
            Thread {
                Self.setFileUser(65534)
                let result = Result { try ConnectionPool(path: path, migrations: [Self.first, Self.second]) }
                Self.setFileUser(geteuid())
                continuation.resume(returning: result.mapError { $0 as? SQLiteError ?? SQLiteError(.other, path: "") })
            }.start()
        }
        let error = #expect(throws: SQLiteError.self) { try result.get() }
        #expect(error?.kind == .readOnly)
        #expect(error?.description.contains("write permission") == true)
    }

    /// setfsuid(2), which Swift's Glibc module lacks; of effect on the calling thread only.
    private static func setFileUser(_ user: uid_t) {
        typealias Function = @convention(c) (uid_t) -> CInt
        guard let symbol = dlsym(nil, "setfsuid") else { return }
        _ = unsafeBitCast(symbol, to: Function.self)(user)
    }

    @Test func everyKindHasASentenceThatNamesTheFile() {
        for kind in SQLiteError.Kind.allCases {
            let sentence = SQLiteError(kind, path: "/data/x.sqlite", detail: "").description
            #expect(sentence.contains("/data/x.sqlite"), "\(kind)")
            #expect(sentence.hasSuffix("."), "\(kind)")
        }
    }
}

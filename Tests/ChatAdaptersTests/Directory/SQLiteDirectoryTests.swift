import ChatService
import SQLite
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What is the SQLite directory's own.
@Suite("Directory file", .timeLimit(.minutes(10))) struct SQLiteDirectoryTests {
    private let folder: TemporaryFolder
    private let time = ManualTime()
    private let directory: SQLiteDirectory
    private let course: CourseID
    private let ana = UserID("ana")

    init() throws {
        folder = try TemporaryFolder()
        directory = try SQLiteDirectory(path: folder.file("directory.sqlite"), time: time)
        course = try CourseID("algoritmos")
    }

    @Test("Two processes change it beside each other")
    func beside() async throws {
        let other = try SQLiteDirectory(path: folder.file("directory.sqlite"), time: time)
        _ = try await other.enrol([Enrolment(user: ana, role: .student)], in: course)
        #expect(try await directory.role(of: ana, in: course) == .student)
        await other.close()
    }

    @Test("Of one sign-in so many used tokens are known, of one user so many sign-ins")
    func bounds() async throws {
        let end = time.now + SignIn.lifetime
        try await directory.begin(SignIn(id: "s", user: ana, tokenHash: "0", expires: end))
        for number in 0..<250 {
            time.advance(by: .milliseconds(1))
            #expect(
                try await directory.renew("\(number)", with: "\(number + 1)", until: end)
                    == .renewed(user: ana, session: "s"))
        }
        let kept = try await directory.database.read {
            try $0.row("SELECT count(*) FROM refresh_token", [], { $0.int(0) })
        }
        #expect(kept == 201)
        // One that was forgotten is nobody's; one that is known ends the sign-in.
        #expect(try await directory.renew("1", with: "x", until: end) == .unknown)
        #expect(try await directory.renew("200", with: "x", until: end) == .reused(user: ana, session: "s"))
        #expect(try await directory.renew("250", with: "x", until: end) == .unknown)
    }

    @Test("What is not our file, or a newer one, is refused and not changed")
    func foreignFiles() async throws {
        await directory.close()
        let path = folder.file("directory.sqlite")
        let newer = try ConnectionPool(
            path: path, migrations: DirectorySchema.migrations, applicationID: DirectorySchema.applicationID)
        try await newer.write { try $0.execute("PRAGMA user_version = 99") }
        await newer.close()
        let error = #expect(throws: SQLiteError.self) { try SQLiteDirectory(path: path) }
        #expect(error?.kind == .newerVersion && error?.description.contains("newer") == true)
        let chats = folder.file("gepeto.sqlite")
        await (try SQLiteChatStore(path: chats)).close()
        #expect(throws: SQLiteError.self) { try SQLiteDirectory(path: chats) }
    }

    @Test("A file of the first version is brought up to this one, with what stood in it")
    func upgrade() async throws {
        await directory.close()
        let path = folder.file("old.sqlite")
        let former = try ConnectionPool(
            path: path, migrations: Array(DirectorySchema.migrations.prefix(1)),
            applicationID: DirectorySchema.applicationID)
        try await former.write {
            try $0.execute(
                "INSERT INTO member (course, user, name, role, added_at) VALUES ('algoritmos', 'ana', NULL, 'staff', 1)"
            )
        }
        await former.close()
        let upgraded = try SQLiteDirectory(path: path)
        #expect(try await upgraded.role(of: ana, in: course) == .staff)
        await upgraded.close()
        try await SQLiteDirectory.checkFile(at: path)
    }
}

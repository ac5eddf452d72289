import ChatService
import Foundation
import SQLite
import Support
import Testing

@testable import ChatAdapters
@testable import Commands

/// Upgrade and way back, as docs/operations.md has them: a data folder of every former form is opened by this program with
/// what stood in it, a newer one is refused, and the backup from before is as good as it was.
@Suite struct UpgradeTests {
    private static let chats = ChatSchema.migrations.count
    private static let people = DirectorySchema.migrations.count

    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        try FileManager.default.createDirectory(atPath: program.data, withIntermediateDirectories: true)
    }

    /// A folder as the program left it so many steps ago, by the columns that every form has.
    private func makeFolder(stepsAgo steps: Int) async throws {
        let chats = try ConnectionPool(
            path: program.data + "/gepeto.sqlite",
            migrations: Array(ChatSchema.migrations.prefix(max(1, Self.chats - steps))),
            applicationID: ChatSchema.applicationID)
        let conversation = String(repeating: "a", count: 32)
        try await chats.write {
            try $0.execute(
                """
                INSERT INTO conversation (id, user, course, title, created_at, updated_at)
                    VALUES ('\(conversation)', 'local', 'algoritmos', 'Pilhas', 1, 1);
                INSERT INTO message (id, conversation_id, role, content, job_id, trace_id, created_at)
                    VALUES ('\(String(repeating: "b", count: 32))', '\(conversation)', 'user', 'O que é uma pilha?', 'j', 't', 1);
                """)
        }
        await chats.close()
        let people = try ConnectionPool(
            path: program.data + "/directory.sqlite",
            migrations: Array(DirectorySchema.migrations.prefix(max(1, Self.people - steps))),
            applicationID: DirectorySchema.applicationID)
        let password = try #require(PasswordHash(of: "a former password", Scrypt(logN: 4, r: 8, p: 1))).text
        try await people.write {
            try $0.execute(
                """
                INSERT INTO account (user, name, standing, password, must_change, created_at)
                    VALUES ('ana', 'Ana', 'staff', '\(password)', 0, 1);
                INSERT INTO member (course, user, name, role, added_at) VALUES ('algoritmos', 'ana', 'Ana', 'staff', 1);
                INSERT INTO audit (at, actor, action, course, subject, details)
                    VALUES (1, 'ana', 'course.made', 'algoritmos', 'algoritmos', '{}');
                """)
        }
        await people.close()
    }

    private func expectContent(_ data: String) async throws {
        let store = try SQLiteChatStore(path: data + "/gepeto.sqlite")
        let found = try #require(try await store.conversations(user: .local, after: nil, limit: 9).items.first)
        #expect(found.title == "Pilhas")
        let messages = try await store.messages(of: found.id, user: .local, after: nil, limit: 9)
        #expect(messages?.items.map(\.content) == ["O que é uma pilha?"])
        await store.close()
        let directory = try SQLiteDirectory(path: data + "/directory.sqlite")
        let account = try #require(try await directory.account(UserID("ana")))
        #expect(account.password.matches("a former password") && account.standing == .staff)
        #expect(try await directory.role(of: UserID("ana"), in: try CourseID("algoritmos")) == .staff)
        #expect(try await directory.entries(of: nil, after: nil, limit: 9).items.map(\.action) == ["course.made"])
        await directory.close()
    }

    /// Schema versions of the two files, read at byte 60 of the header: opening them might change them.
    private func versions(_ data: String) throws -> [Int] {
        try ["gepeto.sqlite", "directory.sqlite"].map { name in
            let bytes = try Data(contentsOf: URL(filePath: data + "/" + name))
            return bytes[60..<64].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    @Test(arguments: 1..<ChatSchema.migrations.count)
    func everyFormerFormIsOpened(stepsAgo: Int) async throws {
        try await makeFolder(stepsAgo: stepsAgo)
        #expect(try versions(program.data) == [Self.chats - stepsAgo, max(1, Self.people - stepsAgo)])
        try await expectContent(program.data)
        #expect(try versions(program.data) == [Self.chats, Self.people])
    }

    @Test func upgradeAndWayBack() async throws {
        try await makeFolder(stepsAgo: 3)
        let former = try versions(program.data)
        // The check and the backup change nothing.
        let backup = scratch.path + "/before"
        #expect(await program.run("backup", backup).code == 0)
        #expect(await program.run("doctor").output.contains("ok    conversations"))
        #expect(try versions(program.data) == former)
        #expect(await program.run(["serve", "--port", "0"]) {}.code == 0)
        #expect(try versions(program.data) == [Self.chats, Self.people])
        try await expectContent(program.data)

        // To the former program this folder is what one of the next program is to this one.
        for (name, version) in [("gepeto.sqlite", Self.chats), ("directory.sqlite", Self.people)] {
            let path = program.data + "/" + name
            let whole = try Data(contentsOf: URL(filePath: path))
            var newer = whole
            newer.replaceSubrange(60..<64, with: [0, 0, 0, UInt8(version + 1)])
            try newer.write(to: URL(filePath: path))
            await program.expect(["serve", "--port", "0"], code: 1, "newer gepeto")
            #expect(try Data(contentsOf: URL(filePath: path)) == newer, "refused, and not changed")
            try whole.write(to: URL(filePath: path))
        }
        let restored = Program(data: scratch.path + "/restored")
        #expect(await restored.run("restore", backup).code == 0)
        #expect(try versions(restored.data) == former)
        try await expectContent(restored.data)
    }

    @Test func whatOthersCouldReadIsShut() async throws {
        try await makeFolder(stepsAgo: 1)
        let privacy = DataPrivacy(data: program.data)
        let path = program.data + "/directory.sqlite"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        await program.expect(["doctor"], code: 1, "others on this machine may read")
        #expect(await program.run(["serve", "--port", "0"]) {}.code == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600 && !privacy.open.contains(path))
        // What the program itself makes is its user's alone from the beginning.
        let made = Program(data: scratch.path + "/made")
        let outcome = try await made.runChild(after: "umask 022", ["users", "add", "ana", "--data", made.data])
        #expect(outcome.code == 0, "\(outcome.complaints)")
        #expect(DataPrivacy(data: made.data).open.isEmpty && FileManager.default.fileExists(atPath: made.data))
    }
}

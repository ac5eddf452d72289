import ChatAdapters
import ChatService
import CourseStore
import Foundation
import SQLite
import Support
import Testing

@testable import Commands

/// `gepeto users`, `gepeto courses` and `gepeto restore`: what an operator does beside a running server.
@Suite struct PeopleTests {
    private struct Opened: Decodable {
        struct Account: Decodable {
            let user: String
            let temporaryPassword: String
        }
        let accounts: [Account]
    }

    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
    }

    private func directory() throws -> SQLiteDirectory {
        try SQLiteDirectory(path: program.data + "/directory.sqlite")
    }

    @Test func accountsComeAndGoWhileAServerHasTheFile() async throws {
        let server = try directory()
        let added = await program.run("users", "add", "ana", "Bia", "--standing", "staff", "--json")
        #expect(added.code == 0, "\(added.complaints)")
        let opened = try JSONDecoder().decode(Opened.self, from: Data(added.output.utf8))
        #expect(opened.accounts.map(\.user) == ["ana", "bia"])
        let account = try #require(try await server.account(UserID("ana")))
        #expect(account.standing == .staff && account.mustChange)
        #expect(account.password.matches(opened.accounts[0].temporaryPassword))

        await program.expect(["users", "add", "ana"], code: 1, "an account 'ana' already")
        let reset = await program.run("users", "password", "ana")
        #expect(reset.code == 0 && reset.output.hasPrefix("ana  "))
        #expect(
            try await server.account(UserID("ana"))?.password.matches(opened.accounts[0].temporaryPassword) == false)
        #expect(await program.run("users", "list").output.contains("staff"))
        #expect(await program.run("users", "remove", "bia").code == 0)
        await program.expect(["users", "remove", "bia"], code: 1, "no account 'bia'")
        #expect(try await server.account(UserID("bia")) == nil)
        let trail = try await server.entries(of: nil, after: nil, limit: 9).items
        #expect(trail.map(\.action) == ["user.removed", "password.reset", "user.added", "user.added"])
        await server.close()
    }

    @Test func wrongUsageIsExplained() async {
        await program.expect(["users"], code: 2, "what shall be done?")
        await program.expect(["users", "lsit"], code: 2, "Did you mean 'list'?")
        await program.expect(["users", "add"], code: 2, "users add USER")
        await program.expect(["users", "add", "não"], code: 1, "A user name is")
        await program.expect(["users", "password", "nobody"], code: 1, "no account 'nobody'")
        await program.expect(["courses", "remove", "c"], code: 2, "say --yes")
        await program.expect(["courses", "remove", "c", "--yes"], code: 1, "no course 'c'")
        await program.expect(["restore"], code: 2, "out of which folder?")
    }

    @Test func coursesHaveStaff() async throws {
        let made = await program.run("courses", "add", "fisica", "--staff", "ana,bia")
        #expect(made.code == 0 && made.output.contains("fisica made; staff: ana, bia"), "\(made.complaints)")
        #expect(made.complaints.contains("'ana' has no account here"))
        let again = await program.run("courses", "add", "fisica", "--staff", "caio")
        #expect(again.code == 0 && !again.output.contains("made"))
        let people = try directory()
        #expect(try await people.role(of: UserID("caio"), in: CourseID("fisica")) == .staff)
        #expect(await program.run("courses", "list").output.contains("ana bia caio"))
        let at = Timestamp(milliseconds: 0)
        _ = try await people.set(
            CoursePolicy(), of: CourseID("fisica"), expecting: nil, by: UserID("ana"), at: at)
        #expect(await program.run("courses", "remove", "fisica", "--yes").code == 0)
        // Another course of the name begins without this one's rules.
        #expect(try await people.policy(of: CourseID("fisica")) == .none)
        #expect(!FileManager.default.fileExists(atPath: program.data + "/courses/fisica.sqlite"))
        #expect(try await people.members(of: CourseID("fisica"), after: nil, limit: 9).items.isEmpty)
        await people.close()
    }

    @Test func whatWasSavedIsRestoredWithItsPeople() async throws {
        try scratch.write("docs/heaps.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
        #expect(await program.run("ingest", scratch.path + "/docs", "--course", "c").code == 0)
        #expect(await program.run("courses", "add", "c", "--staff", "ana").code == 0)
        await (try SQLiteChatStore(path: program.data + "/gepeto.sqlite")).close()
        let target = scratch.path + "/backup"
        #expect(await program.run("backup", target).code == 0)

        let restored = Program(data: scratch.path + "/restored")
        let outcome = await restored.run("restore", target)
        #expect(outcome.code == 0 && outcome.output.contains("restored and checked"), "\(outcome.complaints)")
        #expect(await restored.run("courses", "list").output.contains("ana"))
        let found = await restored.run("search", "heap smallest element", "--course", "c")
        #expect(found.output.contains("smallest element at the root"))
        #expect(await restored.run(["serve", "--port", "0"]) {}.code == 0)
        // Where there is something nothing is put.
        await restored.expect(["restore", target], code: 1, "is not empty")
    }

    @Test(arguments: ["missing", "changed", "newer", "manifest", "path"])
    func aBackupThatIsNotWholeIsNotRestored(_ fault: String) async throws {
        try scratch.write("docs/heaps.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
        #expect(await program.run("ingest", scratch.path + "/docs", "--course", "c").code == 0)
        let target = scratch.path + "/backup"
        #expect(await program.run("backup", target).code == 0)
        let course = target + "/courses/c.sqlite"
        let manifest = URL(filePath: target + "/manifest.json")
        var text = String(decoding: try Data(contentsOf: manifest), as: UTF8.self)
        var sentence = "as its manifest says"
        switch fault {
        case "missing":
            try FileManager.default.removeItem(atPath: course)
            sentence = "lacks courses/c.sqlite"
        case "changed":
            var bytes = try Data(contentsOf: URL(filePath: course))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: course))
        case "newer":
            text.replace("\"format\":1", with: "\"format\":2")
            sentence = "install that version"
        case "manifest":
            text = String(text.dropLast(20))
            sentence = "is damaged"
        default:
            text.replace("courses/c.sqlite", with: "courses/../../c.sqlite")
            sentence = "is damaged"
        }
        try Data(text.utf8).write(to: manifest)
        let restored = Program(data: scratch.path + "/restored")
        await restored.expect(["restore", target], code: 1, sentence)
        #expect(!FileManager.default.fileExists(atPath: restored.data))
        await restored.expect(["restore", scratch.path], code: 1, "no manifest.json")
    }

    /// The way back after an upgrade: the newer data is refused with a sentence, the backup from before is not.
    @Test func dataOfANewerVersionIsRefused() async throws {
        #expect(await program.run("users", "add", "ana").code == 0)
        let target = scratch.path + "/backup"
        await (try SQLiteChatStore(path: program.data + "/gepeto.sqlite")).close()
        #expect(await program.run("backup", target).code == 0)
        let file = try FileHandle(forUpdating: URL(filePath: program.data + "/directory.sqlite"))
        // `user_version` stands at byte 60 of the header, most significant byte first.
        try file.seek(toOffset: 60)
        try file.write(contentsOf: Data([0, 0, 0, 99]))
        try file.close()
        await program.expect(["serve", "--port", "0"], code: 1, "newer gepeto")
        await program.expect(["users", "list"], code: 1, "newer gepeto")
        await program.expect(["doctor"], code: 1, "newer gepeto")
        let restored = Program(data: scratch.path + "/restored")
        #expect(await restored.run("restore", target).code == 0)
        #expect(await restored.run("users", "list").output.contains("ana"))
    }
}

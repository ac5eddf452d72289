import ChatAdapters
import Foundation
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite("Export and erasure")
struct AccountDataTests {
    /// What another part of the program keeps of people.
    private final class Notes: PersonalData {
        let notes = Locked<[UserID: [String]]>([:])
        let exportName = "notes"

        func export(of user: UserID) async throws -> any Encodable & Sendable { notes.withLock { $0[user] ?? [] } }
        func erase(_ user: UserID) async throws { notes.withLock { $0[user] = nil } }
    }

    private struct Export: Decodable {
        struct Conversation: Decodable {
            struct Message: Decodable { let content: String }
            let course: String
            let messages: [Message]
        }
        struct Account: Decodable { let name: String }
        let user: String
        let account: Account?
        let memberships: [String: String]
        let notes: [String]
        let conversations: [Conversation]
    }

    private let notes = Notes()
    private let house: SignInHouse

    init() throws { house = try SignInHouse(personalData: [notes]) }

    private func ask(_ text: String, as token: String) async throws -> AcceptedReply {
        let reply = try await house.post("/api/chat", ["message": text, "course": "algoritmos"], as: token)
        #expect(reply.status == 202, "\(reply.text)")
        return try reply.json(AcceptedReply.self)
    }

    @Test("Everything that is kept of somebody comes in one file, and nothing of others")
    func export() async throws {
        try await house.add("ana", [house.course: .student])
        try await house.add("bia", [house.course: .student])
        notes.notes.withLock { $0 = [UserID("ana"): ["hers"], UserID("bia"): ["other"]] }
        let (ana, bia) = (try await house.signIn("ana").accessToken, try await house.signIn("bia").accessToken)
        for number in 0..<3 { _ = try await ask("ana \"asks\" \(number)", as: ana) }
        _ = try await ask("bia asks", as: bia)
        let reply = try await house.get("/api/account/export", as: ana)
        #expect(reply.headers["content-disposition"]?.contains("attachment") == true)
        let export = try reply.json(Export.self)
        #expect(export.user == "ana" && export.account?.name == "ana" && export.notes == ["hers"])
        #expect(export.memberships == ["algoritmos": "student"])
        #expect(
            export.conversations.flatMap(\.messages).map(\.content).sorted() == (0..<3).map { "ana \"asks\" \($0)" })
        #expect(!reply.text.contains("bia") && !reply.text.contains("scrypt"))
        // Another's only for an administrator.
        try await house.add("root", standing: .admin)
        let root = try await house.signIn("root").accessToken
        #expect(try await house.get("/api/users/ana/export", as: root).json(Export.self).conversations.count == 3)
        #expect(try await house.get("/api/users/ana/export", as: bia).status == 403)
        #expect(try await house.get("/api/users/nobody/export", as: root).status == 404)
    }

    @Test("What is counted, on its way, rated and noted of somebody is in the export too")
    func traces() async throws {
        let parts: [any PersonalData] = [
            QuestionsOfPerson(house.door.house.store), ActivityOfPerson(house.directory),
        ]
        let (ana, bia) = (UserID("ana"), UserID("bia"))
        for user in ["ana", "bia"] { try await house.add(user, [house.course: .student]) }
        let asked = try await ask("a question", as: try await house.signIn("ana").accessToken)
        _ = try await house.door.house.store.end(job: asked.jobId, with: JobFailure(.llmUnavailable))
        try await house.directory.record(
            AuditEntry(
                at: house.time.now, actor: UserID("rui"), action: "password.reset", course: house.course, subject: "ana"
            ))
        var texts: [String] = []
        for part in parts {
            let text = JSONText.encode(AnyView(try await part.export(of: ana)))
            texts.append(text)
            let others = JSONText.encode(AnyView(try await part.export(of: bia)))
            #expect(!others.contains(asked.jobId) && !others.contains("password.reset"))
        }
        #expect(texts[0].contains(asked.jobId) && texts[0].contains(#""state":"failed""#))
        #expect(texts[0].contains(#""counted":[{"#) && texts[0].contains(#""counts":false"#), "\(texts[0])")
        #expect(texts[1].contains("password.reset") && !texts[1].contains("rui"))
        #expect(texts[1].contains(#""signIns":[{"begunAt""#), "\(texts[1])")
        #expect(parts.map(\.exportName) == ["questions", "activity"])
    }

    @Test("Who erases the account is gone from every file, with what they asked; others stay")
    func erasure() async throws {
        let secret = "uma pergunta muito particular"
        try await house.add("ana.particular", [house.course: .student])
        try await house.add("bia", [house.course: .student])
        let signedIn = try await house.signIn("ana.particular")
        let bia = try await house.signIn("bia").accessToken
        let mine = try await ask(secret, as: signedIn.accessToken)
        let others = try await ask("bia asks", as: bia)
        let staffed = AuditEntry(
            at: house.time.now, actor: UserID("rui"), action: "password.reset", course: house.course,
            subject: "ana.particular")
        try await house.directory.record(staffed)
        notes.notes.withLock { $0[UserID("ana.particular")] = ["hers"] }

        let fields = SignInHouse.bearer(signedIn.accessToken)
        func erase(_ password: String) async throws -> Int {
            let body = JSONText.encode(["password": password])
            let reply = try await house.door.send(.delete, "/api/account", body, headers: fields)
            return reply.status
        }
        #expect(try await erase("wrong password") == 403)
        #expect(try await house.directory.account(UserID("ana.particular")) != nil)
        #expect(try await erase(SignInHouse.password) == 204)

        #expect(try await house.get("/api/auth/me", as: signedIn.accessToken).status == 401)
        #expect(try await house.login("ana.particular").status == 401)
        #expect(try await house.door.house.store.record(job: mine.jobId) == nil)
        #expect(try await house.door.house.store.record(job: others.jobId) != nil)
        #expect(notes.notes.withLock { $0.isEmpty })
        #expect(
            try await house.directory.entries(of: house.course, after: nil, limit: 1).items.first?.subject == "(erased)"
        )
        // Opened again, the log is folded in: what was deleted is overwritten, not only unlinked.
        await house.door.house.store.close()
        await house.directory.close()
        for name in ["gepeto.sqlite", "directory.sqlite"] {
            let bytes = try Data(contentsOf: URL(filePath: house.door.house.folder.file(name)))
            let file = String(decoding: bytes, as: UTF8.self)
            #expect(!file.contains(secret) && !file.contains("ana.particular"), "\(name)")
        }
    }

    @Test("Two who uploaded with the same key can both go")
    func uploadersWithOneKey() async throws {
        for user in ["rui", "eva"] {
            try await house.add(user, [house.course: .staff])
            let fields = SignInHouse.bearer(try await house.signIn(user).accessToken)
            var upload = fields
            upload["content-type"] = "text/plain"
            upload["content-disposition"] = "attachment; filename=\"\(user).txt\""
            upload["idempotency-key"] = "1"
            let path = "/api/courses/\(house.course)/documents"
            #expect(try await house.door.send(.post, path, "A text of \(user).", headers: upload).status == 202)
            let body = JSONText.encode(["password": SignInHouse.password])
            #expect(try await house.door.send(.delete, "/api/account", body, headers: fields).status == 204)
        }
    }

    @Test("An administrator erases a user of elsewhere too; nobody without a confirmation")
    func others() async throws {
        try await house.add("root", standing: .admin)
        let root = try await house.signIn("root").accessToken
        _ = try await house.directory.enrol([Enrolment(user: UserID("guest"), role: .student)], in: house.course)
        let guest = TokenIssuer(
            secrets: try SharedSecrets(signing: SignInHouse.secret), issuer: "i", audience: "a", time: house.time
        ).access(for: Principal(user: UserID("guest")))
        let asked = try await ask("a question", as: guest)
        let bare = try await house.door.send(
            .delete, "/api/account", "{}", headers: SignInHouse.bearer(guest))
        #expect(bare.status == 400)
        let path = "/api/users/guest"
        #expect(try await house.door.send(.delete, path, headers: SignInHouse.bearer(guest)).status == 403)
        #expect(try await house.door.send(.delete, path, headers: SignInHouse.bearer(root)).status == 204)
        #expect(try await house.door.house.store.record(job: asked.jobId) == nil)
        #expect(try await house.directory.role(of: UserID("guest"), in: house.course) == nil)
        #expect(try await house.door.send(.delete, path, headers: SignInHouse.bearer(root)).status == 404)
    }

    @Test("Who erases themselves has asked what they asked: no budget comes back")
    func budgets() async throws {
        var policy = CoursePolicy()
        policy.questionsPerDay = 1
        _ = try await house.directory.set(
            policy, of: house.course, expecting: nil, by: UserID("rui"), at: house.time.now)
        _ = try await house.directory.enrol([Enrolment(user: UserID("guest"), role: .student)], in: house.course)
        let guest = TokenIssuer(
            secrets: try SharedSecrets(signing: SignInHouse.secret), issuer: "i", audience: "a", time: house.time
        ).access(for: Principal(user: UserID("guest"), claimed: [house.course: .student]))
        let question = ["message": "a", "course": "algoritmos"]
        _ = try await ask("a question", as: guest)
        // One that nobody has worked on costs nothing.
        _ = try #require(try await house.door.house.store.lease(for: .seconds(30)))
        #expect(try await house.post("/api/chat", question, as: guest).status == 403)
        let erased = try await house.door.send(
            .delete, "/api/account", #"{"confirm": true}"#, headers: SignInHouse.bearer(guest))
        #expect(erased.status == 204)
        #expect(try await house.post("/api/chat", question, as: guest).status == 403)
    }

    @Test("Courses are renamed by staff, deleted by who made them or an administrator")
    func courseCare() async throws {
        try await house.add("rui", standing: .staff)
        try await house.add("eva")
        let (rui, eva) = (try await house.signIn("rui").accessToken, try await house.signIn("eva").accessToken)
        // The library of these tests does not know what is made here.
        let path = "/api/courses/algoritmos"
        try await house.directory.enrol(maker: Enrolment(user: UserID("rui"), role: .staff), of: house.course)
        _ = try await house.directory.enrol([Enrolment(user: UserID("eva"), role: .staff)], in: house.course)
        let renamed = try await house.door.send(
            .patch, path, #"{"title": "Algoritmos I"}"#, headers: SignInHouse.bearer(eva))
        #expect(renamed.status == 200 && renamed.text.contains("Algoritmos I"))
        #expect(try await house.door.send(.delete, path, headers: SignInHouse.bearer(eva)).status == 403)
        var policy = CoursePolicy()
        policy.questionsPerDay = 3
        let at = Timestamp(milliseconds: 0)
        _ = try await house.directory.set(policy, of: house.course, expecting: nil, by: UserID("eva"), at: at)
        try await house.door.house.store.setAnswer(
            TopicAnswer(documentID: "d", name: "n", at: at), toTopic: "t", in: house.course)
        let asked = try await ask("a question", as: eva)
        #expect(try await house.door.send(.delete, path, headers: SignInHouse.bearer(rui)).status == 204)
        // Another course of the name begins with nothing of this one.
        #expect(try await house.directory.policy(of: house.course) == .none)
        #expect(try await house.door.house.store.topicAnswers(in: house.course).isEmpty)
        #expect(try await house.directory.members(of: house.course, after: nil, limit: 9).items.isEmpty)
        #expect(try await house.door.house.store.record(job: asked.jobId)?.status == .failed)
        #expect(try await house.door.house.store.deadLetters(after: nil, limit: 9).items.isEmpty)
    }

    @Test("The last of the staff stays")
    func lastStaff() async throws {
        try await house.add("rui", [house.course: .staff])
        let rui = try await house.signIn("rui").accessToken
        let fields = SignInHouse.bearer(rui)
        let removed = try await house.door.send(.delete, "/api/courses/algoritmos/members/rui", headers: fields)
        #expect(removed.status == 409 && removed.text.contains("last_staff"), "\(removed.text)")
        let body = #"{"members": [{"user": "rui", "role": "student"}]}"#
        let changed = try await house.door.send(.put, "/api/courses/algoritmos/members", body, headers: fields)
        #expect(changed.status == 409 && changed.text.contains("make somebody else its staff"), "\(changed.text)")
    }
}

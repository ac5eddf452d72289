import ChatAdapters
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite("Nobody becomes somebody else")
struct TakeoverTests {
    private struct Enrolled: Decodable {
        struct Opened: Decodable { let user: String }
        let accounts: [Opened]
    }

    /// How somebody without an account may be known already.
    enum Trace: CaseIterable { case member, staff, maker, token, conversation }

    private let house: SignInHouse

    init() throws { house = try SignInHouse() }

    /// Of somebody who signs in elsewhere.
    private func foreign(_ name: String, _ standing: Standing = .student) throws -> String {
        TokenIssuer(
            secrets: try SharedSecrets(signing: SignInHouse.secret), issuer: "i", audience: "a", time: house.time
        ).access(for: Principal(user: UserID(name), standing: standing))
    }

    private func leave(_ trace: Trace, of user: UserID) async throws {
        switch trace {
        case .member: _ = try await house.directory.enrol([Enrolment(user: user, role: .student)], in: house.other)
        case .staff: _ = try await house.directory.enrol([Enrolment(user: user, role: .staff)], in: house.other)
        case .maker:
            try await house.directory.enrol(maker: Enrolment(user: user, role: .staff), of: house.other)
            try await house.directory.enrol(maker: Enrolment(user: UserID("eva"), role: .staff), of: house.course)
            _ = try await house.directory.enrol([Enrolment(user: UserID("eva"), role: .staff)], in: house.other)
            _ = try await house.directory.remove(user, from: house.other)
        case .token:
            let token = APIToken(
                id: RandomIdentifier.make(), user: user, name: "n", course: house.other, granted: .student,
                createdAt: house.time.now, expiresAt: house.time.now + .seconds(3600))
            try await house.directory.add(token, digest: user.name)
        case .conversation:
            _ = try await house.door.house.store.createConversation(user: user, course: house.other, title: "")
        }
    }

    private func invitation(as staff: String) async throws -> String {
        struct Made: Decodable { let code: String }
        let reply = try await house.door.send(
            .post, "/api/courses/algoritmos/invitations", #"{"role": "student", "uses": 9}"#,
            headers: SignInHouse.bearer(staff))
        return try reply.json(Made.self).code
    }

    private func enrol(_ name: String, as token: String, role: String = "student") async throws -> [String] {
        let body = #"{"members": [{"user": "\#(name)", "role": "\#(role)"}]}"#
        let reply = try await house.door.send(
            .put, "/api/courses/algoritmos/members", body, headers: SignInHouse.bearer(token))
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.json(Enrolled.self).accounts.map(\.user)
    }

    @Test(
        "An invitation and staff's table make no account of who is known already; an administrator may",
        arguments: Trace.allCases)
    func names(trace: Trace) async throws {
        try await house.add("rui", [house.course: .staff])
        try await house.add("root", standing: .admin)
        let staff = try await house.signIn("rui").accessToken
        try await leave(trace, of: UserID("prof@uni.br"))
        let code = try await invitation(as: staff)
        let guest = ["user": "prof@uni.br", "password": SignInHouse.password]
        let reply = try await house.post("/api/invitations/\(code)", guest)
        #expect(reply.status == 409 && reply.text.contains("user_name_taken"), "\(reply.text)")
        #expect(try await enrol("prof@uni.br", as: staff).isEmpty)
        #expect(try await house.directory.account(UserID("prof@uni.br")) == nil)
        let root = try await house.signIn("root").accessToken
        #expect(try await enrol("prof@uni.br", as: root) == ["prof@uni.br"])
    }

    @Test("Staff give accounts to newcomers, staff among them, and to students who were only theirs")
    func newcomers() async throws {
        try await house.add("rui", [house.course: .staff])
        let staff = try await house.signIn("rui").accessToken
        #expect(try await enrol("eva", as: staff, role: "staff") == ["eva"])
        _ = try await house.directory.enrol([Enrolment(user: UserID("ana"), role: .student)], in: house.course)
        _ = try await house.door.house.store.createConversation(user: UserID("ana"), course: house.course, title: "")
        #expect(try await enrol("ana", as: staff) == ["ana"])
        // A colleague is not theirs.
        _ = try await house.directory.enrol([Enrolment(user: UserID("zeca"), role: .staff)], in: house.course)
        #expect(try await enrol("zeca", as: staff, role: "staff").isEmpty)
    }

    @Test("Where people sign in at their institution nobody makes an account by an invitation")
    func otherIssuer() async throws {
        let house = try SignInHouse(hasOtherIssuer: true)
        let reply = try await house.post(
            "/api/invitations/code", ["user": "prof@uni.br", "password": SignInHouse.password])
        #expect(reply.status == 403 && reply.text.contains("sign_in_first"), "\(reply.text)")
    }

    @Test("Who asked in courses of others is not reset by present staff, whom they may have left for")
    func formerStudents() async throws {
        try await house.add("rui", [house.course: .staff])
        try await house.add("ana", [house.course: .student])
        let staff = try await house.signIn("rui").accessToken
        // The last page of a hundred, too.
        for number in 0..<101 {
            house.time.advance(by: .seconds(1))
            _ = try await house.door.house.store.createConversation(
                user: UserID("ana"), course: number == 0 ? house.other : house.course, title: "")
        }
        let path = "/api/courses/algoritmos/members/ana/password"
        let reply = try await house.post(path, [:], as: staff)
        #expect(reply.status == 403 && reply.text.contains("not_only_yours"), "\(reply.text)")
    }

    @Test("A token for a first password opens nothing but the way to another one")
    func firstPassword() async throws {
        try await house.add("ana", [house.course: .student])
        let conversation = try await house.door.house.store.createConversation(
            user: UserID("ana"), course: house.course, title: "")
        let desk = try #require(house.door.api.ports.identity.accounts)
        let token = try await house.signIn("ana", try await desk.reset(UserID("ana"))).accessToken
        for path in ["conversations", "conversations/\(conversation.id)", "conversations/\(conversation.id)/messages"] {
            let reply = try await house.get("/api/\(path)", as: token)
            #expect(reply.status == 403 && reply.text.contains("password_change_required"), "\(path)")
        }
        #expect(try await house.get("/api/auth/me", as: token).status == 200)
    }

    @Test("A token for one course reaches one's conversations and questions of that course only")
    func limitedTokens() async throws {
        struct Listed: Decodable {
            struct Conversation: Decodable { let id: String }
            let conversations: [Conversation]
        }
        try await house.add("ana", [house.course: .student, house.other: .student])
        let whole = try await house.signIn("ana").accessToken
        func ask(_ course: CourseID) async throws -> AcceptedReply {
            try await house.post("/api/chat", ["message": "a heap", "course": course.name], as: whole)
                .json(AcceptedReply.self)
        }
        let (here, there) = (try await ask(house.course), try await ask(house.other))
        let limited = TokenIssuer(
            secrets: try SharedSecrets(signing: SignInHouse.secret), issuer: "i", audience: "a", time: house.time
        ).access(for: Principal(user: UserID("ana"), limitedTo: [house.course]))
        for query in ["", "?q=heap"] {
            let listed = try await house.get("/api/conversations\(query)", as: limited).json(Listed.self)
            #expect(listed.conversations.map(\.id) == [here.conversationId], "\(query)")
        }
        for (asked, status) in [(here, 200), (there, 404)] {
            let conversation = "/api/conversations/\(asked.conversationId)"
            for path in [conversation, conversation + "/messages", "/api/jobs/\(asked.jobId)"] {
                #expect(try await house.get(path, as: limited).status == status, "\(path)")
            }
        }
        let fields = SignInHouse.bearer(limited)
        for (method, path, body) in [
            (HTTPMethod.patch, "/api/conversations/\(there.conversationId)", #"{"title": "t"}"#),
            (.delete, "/api/conversations/\(there.conversationId)", nil),
            (.delete, "/api/jobs/\(there.jobId)", nil),
            (.get, "/api/jobs/\(there.jobId)/events", nil),
        ] {
            #expect(try await house.door.send(method, path, body, headers: fields).status == 404, "\(method) \(path)")
        }
        #expect(try await house.get("/api/jobs/\(there.jobId)", as: whole).text.contains("queued"))
    }

    @Test("With a new password the old one's tokens end, and the very next sign-in is good")
    func resetEndsTokens() async throws {
        try await house.add("ana", [house.course: .student])
        func makeToken(_ access: String) async throws {
            let reply = try await house.door.send(
                .post, "/api/tokens", #"{"name": "n", "course": "algoritmos"}"#, headers: SignInHouse.bearer(access))
            #expect(reply.status == 201, "\(reply.text)")
        }
        let before = try await house.signIn("ana").accessToken
        try await makeToken(before)
        let desk = try #require(house.door.api.ports.identity.accounts)
        // All within one second.
        let temporary = try await desk.reset(UserID("ana"))
        #expect(try await house.directory.tokens(of: UserID("ana")).isEmpty)
        #expect(try await house.get("/api/auth/me", as: before).status == 401)
        let first = try await house.signIn("ana", temporary)
        let chosen = "another good password"
        let changed = try await house.post(
            "/api/auth/password", ["current": temporary, "new": chosen], as: first.accessToken)
        #expect(changed.status == 204, "\(changed.text)")
        let second = try await house.signIn("ana", chosen).accessToken
        try await makeToken(second)
        let again = try await house.post(
            "/api/auth/password", ["current": chosen, "new": SignInHouse.password], as: second)
        #expect(again.status == 204)
        #expect(try await house.directory.tokens(of: UserID("ana")).isEmpty)
    }

    @Test("A class joins at once from behind one address")
    func wholeClass() async throws {
        try await house.add("rui", [house.course: .staff])
        let staff = try await house.signIn("rui").accessToken
        let reply = try await house.door.send(
            .post, "/api/courses/algoritmos/invitations", #"{"role": "student", "uses": 60}"#,
            headers: SignInHouse.bearer(staff))
        struct Made: Decodable { let code: String }
        let code = try reply.json(Made.self).code
        for number in 0..<60 {
            let joined = try await house.post(
                "/api/invitations/\(code)", ["user": "a\(number)", "password": SignInHouse.password])
            #expect(joined.status == 200, "\(number): \(joined.text)")
        }
        // Who tries codes is held up all the same.
        var last = 0
        for number in 0..<60 {
            last = try await house.post(
                "/api/invitations/x\(number)", ["user": "b", "password": SignInHouse.password]
            ).status
        }
        #expect(last == 429)
    }
}

import ChatAdapters
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite("Members and invitations")
struct MembersTests {
    private struct Enrolled: Decodable {
        struct Opened: Decodable {
            let user: String
            let temporaryPassword: String
        }
        let added: Int
        let changed: Int
        let unchanged: Int
        let accounts: [Opened]
    }

    private func put(
        _ house: SignInHouse, _ body: String, type: String = "application/json", as token: String
    ) async throws -> FrontDoor.Reply {
        try await house.door.send(
            .put, "/api/courses/algoritmos/members", body,
            headers: ["authorization": "Bearer \(token)", "content-type": type])
    }

    @Test("A class comes as CSV, with accounts; a second time nothing changes")
    func table() async throws {
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        let staff = try await house.signIn("rui").accessToken
        let table = "\u{feff}user,name,role\r\nAna@uni.pt,\"Silva, Ana \"\"Nana\"\"\",student\r\nbia,,staff\r\n"
        let first = try await put(house, table, type: "text/csv; charset=utf-8", as: staff).json(Enrolled.self)
        #expect(first.added == 2 && first.accounts.map(\.user) == ["ana@uni.pt", "bia"])
        let ana = try #require(try await house.directory.member(UserID("ana@uni.pt"), of: house.course))
        #expect(ana.name == "Silva, Ana \"Nana\"" && ana.role == .student)
        let again = try await put(house, table, type: "text/csv", as: staff).json(Enrolled.self)
        #expect(again.unchanged == 2 && again.accounts.isEmpty)
        let json =
            #"{"members": [{"user": "bia", "role": "student"}, {"user": "caio", "name": "Caio", "role": "student"}]}"#
        let second = try await put(house, json, as: staff).json(Enrolled.self)
        #expect(second.added == 1 && second.changed == 1)
        #expect(try await house.signIn("caio", second.accounts[0].temporaryPassword).mustChangePassword)
        let trail = try await house.get("/api/courses/algoritmos/audit", as: staff)
        #expect(trail.text.contains("members.changed") && trail.text.contains("staff.appointed"))
        #expect(!trail.text.contains(second.accounts[0].temporaryPassword))
        // Page by page.
        struct Listed: Decodable {
            struct Member: Decodable { let user: String }
            let members: [Member]
            let nextCursor: String?
        }
        var (users, cursor): ([String], String?) = ([], nil)
        repeat {
            let query = "?limit=3" + (cursor.map { "&cursor=\($0)" } ?? "")
            let page = try await house.get("/api/courses/algoritmos/members\(query)", as: staff).json(Listed.self)
            users += page.members.map(\.user)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(users == ["rui", "ana@uni.pt", "bia", "caio"])
    }

    @Test(
        "A table that is not of the form is refused whole, with its line",
        arguments: [
            ("ana,Ana\n", "Line 1"), ("ana,Ana,student,x\n", "Line 1"), ("a,b,student\nb,c,teacher\n", "Line 2"),
            ("a,b\"c,student\n", "Line 1"), ("\"a,b,student\n", "Line 1"), ("\"a\"b,c,student\n", "Line 1"),
            (" ,b,student\n", "Line 1"), ("a,\"x\ny\",student\n,b,staff\n", "Line 3"),
        ])
    func badTables(text: String, line: String) async throws {
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        let reply = try await put(house, text, type: "text/csv", as: try await house.signIn("rui").accessToken)
        #expect(reply.status == 400 && reply.text.contains(line), "\(reply.text)")
        #expect(try await house.directory.members(of: house.course, after: nil, limit: 9).items.count == 1)
    }

    @Test("Too many rows, wrong JSON")
    func badBodies() async throws {
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        let staff = try await house.signIn("rui").accessToken
        let long = (0...MemberTable.mostRows).map { "u\($0),,student\n" }.joined()
        #expect(try await put(house, long, type: "text/csv", as: staff).status == 400)
        for bad in [
            "{}", #"{"members": {}}"#, #"{"members": [1]}"#, #"{"members": [{"user": "a"}]}"#,
            #"{"members": [{"user": "a", "role": "x"}]}"#, #"{"members": [{"user": "a", "role": "staff", "name": 1}]}"#,
        ] { #expect(try await put(house, bad, as: staff).status == 400, "\(bad)") }
    }

    @Test("Who is removed is out at once")
    func removal() async throws {
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        try await house.add("ana", [house.course: .student])
        let (staff, ana) = (try await house.signIn("rui").accessToken, try await house.signIn("ana").accessToken)
        #expect(try await house.get("/api/courses/algoritmos", as: ana).status == 200)
        func remove() async throws -> Int {
            try await house.door.send(
                .delete, "/api/courses/algoritmos/members/ana", headers: SignInHouse.bearer(staff)
            ).status
        }
        #expect(try await remove() == 204)
        #expect(try await house.get("/api/courses/algoritmos", as: ana).status == 404)
        #expect(try await remove() == 404)
    }

    @Test("Staff reset passwords of their own students only: who has the password has the person")
    func resets() async throws {
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        try await house.add("ana", [house.course: .student])
        try await house.add("both", [house.course: .student, house.other: .student])
        try await house.add("teacher", [house.course: .student, house.other: .staff])
        try await house.add("root", standing: .admin, [house.course: .student])
        let staff = try await house.signIn("rui").accessToken
        for (name, status) in [("ana", 200), ("both", 403), ("teacher", 403), ("root", 403), ("rui", 403), ("x", 404)] {
            let reply = try await house.post("/api/courses/algoritmos/members/\(name)/password", [:], as: staff)
            #expect(reply.status == status, "\(name): \(reply.text)")
        }
        let root = try await house.signIn("root").accessToken
        let reply = try await house.post("/api/courses/algoritmos/members/both/password", [:], as: root)
        #expect(reply.status == 200)
    }

    @Test("An invitation lets so many in, the signed in and those who make an account by it")
    func invitations() async throws {
        struct Made: Decodable {
            let id: String
            let code: String
            let url: String
            let usesLeft: Int
        }
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        try await house.add("ana")
        let staff = try await house.signIn("rui").accessToken
        let path = "/api/courses/algoritmos/invitations"
        let reply = try await house.door.send(
            .post, path, #"{"role": "student", "expiresInHours": 2, "uses": 2}"#, headers: SignInHouse.bearer(staff))
        #expect(reply.status == 201)
        let made = try reply.json(Made.self)
        #expect(made.url == "https://tutor.example/#/join/\(made.code)")
        let listed = try await house.get(path, as: staff).text
        #expect(listed.contains(made.id) && !listed.contains(made.code))
        // Ana is signed in; again costs no use; staff who opens it stays staff.
        let ana = try await house.signIn("ana").accessToken
        for token in [ana, ana, staff] {
            #expect(try await house.post("/api/invitations/\(made.code)", [:], as: token).status == 200)
        }
        #expect(try await house.directory.role(of: UserID("rui"), in: house.course) == .staff)
        // Others make an account.
        let newcomer = ["user": "Bia", "name": "Bia", "password": SignInHouse.password]
        let weak = newcomer.merging(["password": "short"]) { $1 }
        #expect(try await house.post("/api/invitations/\(made.code)", weak).status == 400)
        #expect(try await house.post("/api/invitations/unknown", newcomer).status == 404)
        let bia = try await house.post("/api/invitations/\(made.code)", newcomer).json(SignInHouse.SignedIn.self)
        #expect(try await house.get("/api/courses/algoritmos", as: bia.accessToken).status == 200)
        // Both uses are taken.
        let late = newcomer.merging(["user": "caio"]) { $1 }
        #expect(try await house.post("/api/invitations/\(made.code)", late).status == 404)
        #expect(try await house.directory.account(UserID("caio")) == nil)
    }

    @Test("An invitation ends, by time and by staff")
    func invitationEnds() async throws {
        struct Made: Decodable {
            let id: String
            let code: String
        }
        let house = try SignInHouse()
        try await house.add("rui", [house.course: .staff])
        try await house.add("ana")
        let staff = try await house.signIn("rui").accessToken
        let path = "/api/courses/algoritmos/invitations"
        func make() async throws -> Made {
            try await house.door.send(
                .post, path, #"{"expiresInHours": 1, "uses": 5}"#, headers: SignInHouse.bearer(staff)
            ).json(Made.self)
        }
        let (first, second) = (try await make(), try await make())
        let withdrawn = try await house.door.send(.delete, "\(path)/\(first.id)", headers: SignInHouse.bearer(staff))
        #expect(withdrawn.status == 204)
        house.time.advance(by: .seconds(3600))
        let ana = try await house.signIn("ana").accessToken
        for code in [first.code, second.code] {
            #expect(try await house.post("/api/invitations/\(code)", [:], as: ana).status == 404)
        }
        for bad in [#"{"uses": 0}"#, #"{"uses": 1.5}"#, #"{"role": "admin"}"#, #"{"expiresInHours": 100000}"#] {
            let reply = try await house.door.send(.post, path, bad, headers: SignInHouse.bearer(staff))
            #expect(reply.status != 201, "\(bad)")
        }
    }
}

import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// Documents that students shall not see as soon as they are read: what an upload says of that, and what the course does.
@Suite(.timeLimit(.minutes(10))) struct UploadRulesTests {
    /// Takes the token for the name of its bearer.
    private struct Names: Authenticator {
        func authenticate(token: String?) async throws -> Principal {
            guard let token else { throw AuthenticationError(.missing) }
            let course = try CourseID("algoritmos")
            return Principal(user: UserID(token), claimed: [course: token == "prof" ? .staff : .student])
        }
    }

    private struct Receipt: Decodable {
        let documentId: String
        let hidden: String?
    }

    private static let base = "/api/courses/algoritmos"
    private static let never = CoursePolicy.DocumentRule.untilReleased
    private let door: FrontDoor

    init() throws { door = try FrontDoor(authenticator: Names()) }

    private func upload(
        _ text: String, as name: String = "solucoes.txt", query: String = ""
    ) async throws -> FrontDoor.Reply {
        try await door.send(
            .post, Self.base + "/documents" + query, bytes: Array(text.utf8),
            headers: [
                "content-type": "text/plain", "content-disposition": "attachment; filename=\"\(name)\"",
                "authorization": "Bearer prof",
            ])
    }

    private func send(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> FrontDoor.Reply {
        try await door.send(
            method, Self.base + path, body, headers: ["authorization": "Bearer prof", "if-match": "*"])
    }

    private func rule(_ reply: FrontDoor.Reply) async throws -> CoursePolicy.DocumentRule? {
        #expect(reply.status == 202, "\(reply.text)")
        let policy = try await door.directory.policy(of: CourseID("algoritmos")).policy
        return policy.documents[try reply.json(Receipt.self).documentId]
    }

    /// What the worker does.
    private func ingest() async throws {
        let lease = try #require(try await door.house.store.lease(.document, for: .seconds(30)))
        door.shelf.put(try #require(lease.job.task.document), into: lease.job.course)
        #expect(try await door.house.store.finish(lease, with: .ingested(IngestedSummary(pages: nil, chunks: 1))))
    }

    private func isSeen(_ document: String) async throws -> Bool {
        let seen = try await door.send(
            .get, "\(Self.base)/documents/\(document)/content", headers: ["authorization": "Bearer ana"])
        return seen.status == 200
    }

    @Test("New documents are hidden until staff release them, where the course says so, from before they are accepted")
    func courseDefault() async throws {
        #expect(try await send(.get, "/policies").text.contains("\"newDocuments\":\"visible\""))
        let open = try await upload("Aula 1", as: "aula1.txt")
        #expect(try await rule(open) == nil && !open.text.contains("hidden"))
        try await ingest()
        #expect(try await send(.put, "/policies", "{\"newDocuments\":\"hidden\"}").text.contains("\"hidden\""))
        let first = try await upload("Soluções")
        #expect(try await rule(first) == .init(availableFrom: Self.never))
        let receipt = try first.json(Receipt.self)
        #expect(receipt.hidden == "unreleased")
        try await ingest()
        #expect(try await !isSeen(receipt.documentId))
        // What is in the course already stays as it is, and so does what staff have released.
        #expect(try await rule(upload("Aula 1, corrigida", as: "aula1.txt")) == nil)
        try await ingest()
        #expect(try await isSeen(open.json(Receipt.self).documentId))
        _ = try await send(
            .put, "/policies", "{\"newDocuments\":\"hidden\",\"documents\":{\"\(receipt.documentId)\":{}}}")
        #expect(try await isSeen(receipt.documentId))
        let second = try await upload("Soluções, segunda versão")
        #expect(try await rule(second) == .init() && !second.text.contains("hidden"))
        // One file may be let out of it.
        #expect(try await rule(upload("Programa", as: "programa.txt", query: "?hidden=false")) == nil)
        let trail = try await door.directory.entries(of: CourseID("algoritmos"), after: nil, limit: 20).items
        #expect(trail.count { $0.action == "policies.changed" && $0.subject == receipt.documentId } == 1)
    }

    @Test func anUploadSaysItself() async throws {
        #expect(try await rule(upload("a", as: "a.txt", query: "?hidden=true")) == .init(availableFrom: Self.never))
        let later = door.house.time.now.seconds + 60
        #expect(
            try await rule(upload("b", as: "b.txt", query: "?availableFrom=\(later)&quotable=false"))
                == .init(availableFrom: later, quotable: false))
        let quiet = try await upload("c", as: "c.txt", query: "?quotable=false")
        #expect(try quiet.json(Receipt.self).hidden == "not_quotable")
        // What the next one does not say stays.
        #expect(try await rule(upload("b2", as: "b.txt", query: "?quotable=true")) == .init(availableFrom: later))
        #expect(try await rule(upload("b3", as: "b.txt")) == .init(availableFrom: later))
        let form = """
            --x\r\nContent-Disposition: form-data; name="file"; filename="d.txt"\r\n\r\nd\r\n\
            --x\r\nContent-Disposition: form-data; name="hidden"\r\n\r\ntrue\r\n--x--\r\n
            """
        let sent = try await door.send(
            .post, Self.base + "/documents", bytes: Array(form.utf8),
            headers: ["content-type": "multipart/form-data; boundary=x", "authorization": "Bearer prof"])
        #expect(try await rule(sent) == .init(availableFrom: Self.never))
    }

    @Test(
        arguments: [
            ("?hidden=yes", "?hidden"), ("?quotable=1", "?quotable"), ("?availableFrom=-1", "?availableFrom"),
            ("?availableFrom=morgen", "?availableFrom"), ("?availableFrom=5&hidden=true", "?hidden"),
            ("?availableFrom=253402300800", "?availableFrom"),
        ])
    func whatIsNotUnderstoodIsRefused(_ query: String, _ pointer: String) async throws {
        let reply = try await upload("x", query: query)
        #expect(reply.status == 400)
        #expect(try reply.json(ProblemReply.self).errors?.map(\.pointer) == [pointer])
        #expect(try await door.house.store.pending(in: CourseID("algoritmos")).isEmpty)
    }

    @Test("Files that come at once each get their rule")
    func manyAtOnce() async throws {
        #expect(try await send(.put, "/policies", "{\"newDocuments\":\"hidden\"}").status == 200)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<DocumentDesk.mostUploads {
                group.addTask { try await upload("text \(index)", as: "f\(index).txt").status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.allSatisfy { $0 == 202 })
        let policy = try await door.directory.policy(of: CourseID("algoritmos")).policy
        #expect(policy.documents.values.map(\.availableFrom).allSatisfy { $0 == Self.never })
        #expect(policy.documents.count == DocumentDesk.mostUploads)
    }

    @Test("A document that can have no rule is not taken")
    func noRoom() async throws {
        let rules = (0..<CoursePolicy.Bounds.documents).map { "\"d\($0)\":{}" }.joined(separator: ",")
        let body = "{\"newDocuments\":\"hidden\",\"documents\":{\(rules)}}"
        #expect(try await send(.put, "/policies", body).status == 200)
        let reply = try await upload("x")
        #expect(reply.status == 409 && reply.text.contains("too_many_rules"), "\(reply.text)")
        #expect(try await door.house.store.pending(in: CourseID("algoritmos")).isEmpty)
        #expect(try FileNames.of(door.house.folder.file("originals")).isEmpty)
    }
}

import ChatAdapters
import Foundation
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// Every route × who asks × whose course, against what its `Access` says (IDOR: insecure direct object references). A new
/// route is in the table by being registered; `docs/access.md` is this table for people.
@Suite("Access to every route")
struct AccessTableTests {
    /// Three with a token that is good for a part only: a program with an API token of a student's, a launch from a learning
    /// platform, here even of an administrator's, and whoever has signed in by a password for once.
    private enum Asker: String, CaseIterable { case nobody, forger, student, staff, admin, program, launched, first }

    /// `own`: of which student and staff are such; `foreign`: of others; `unknown`: there is none.
    private enum Whose: String, CaseIterable { case own = "algoritmos", foreign = "fisica", unknown = "nenhum" }

    /// What the door does with somebody, before the route itself has its say.
    private enum Gate: Equatable {
        case lets
        case stops(Int, String)

        var cell: String {
            switch self {
            case .lets: "yes"
            case .stops(let status, _): "\(status)"
            }
        }
    }

    private struct Names: Authenticator {
        let course: CourseID

        func authenticate(token: String?) async throws -> Principal {
            switch token.map({ Asker(rawValue: $0) }) {
            case nil: throw AuthenticationError(.missing)
            case .student?: Principal(user: UserID("student"), claimed: [course: .student])
            case .staff?: Principal(user: UserID("staff"), standing: .staff, claimed: [course: .staff])
            case .admin?: Principal(user: UserID("admin"), standing: .admin)
            case .launched?: Principal(user: UserID("launched"), standing: .admin, limitedTo: [course])
            case .first?: Principal(user: UserID("first"), standing: .admin, limitedTo: [])
            default: throw AuthenticationError(.signature)
            }
        }
    }

    /// The rule; written from the meaning of each case, not from the code that checks it.
    private static func gate(_ entry: RouteEntry, _ asker: Asker, _ whose: Whose?) -> Gate {
        let access = entry.access
        if access == .anyone { return .lets }
        switch asker {
        case .nobody: return .stops(401, "token_missing")
        case .forger: return .stops(401, "token_signature")
        case .first where !entry.pattern.hasPrefix("/api/auth/"): return .stops(403, "password_change_required")
        case .program where !entry.pattern.hasPrefix("/api/v1/") && !entry.pattern.hasSuffix("/search"):
            return .stops(401, "token_other_route")
        default: break
        }
        let hidden = Gate.stops(404, "unknown_course")
        switch access {
        case .anyone, .signedIn: return .lets
        case .member, .staff:
            if whose == .unknown || (whose == .foreign && asker != .admin) { return hidden }
            return access == .staff && asker == .student ? .stops(403, "staff_only") : .lets
        case .courseMaker where asker == .launched: return .stops(403, "staff_only")
        case .staffSomewhere, .courseMaker: return asker == .student ? .stops(403, "staff_only") : .lets
        case .admin: return asker == .admin ? .lets : .stops(403, "admin_only")
        }
    }

    private static func isOfCourse(_ entry: RouteEntry) -> Bool { entry.pattern.contains("{course}") }

    private let secret = APISecret()

    private func door() async throws -> FrontDoor {
        let own = try CourseID(Whose.own.rawValue)
        let door = try FrontDoor(courses: [own.name, Whose.foreign.rawValue], authenticator: Names(course: own))
        let now = door.house.time.now
        let token = APIToken(
            id: RandomIdentifier.make(), user: UserID("program"), name: "n", course: own, granted: .student,
            createdAt: now, expiresAt: now + .seconds(3600))
        try await door.directory.add(token, digest: secret.digest)
        return door
    }

    /// The path with its parameters filled in.
    private static func path(_ entry: RouteEntry, course: String, _ ids: [String: String] = [:]) -> String {
        entry.pattern.split(separator: "/").map { segment -> String in
            guard segment.hasPrefix("{") else { return "/\(segment)" }
            if segment == "{course}" { return "/\(course)" }
            let name = String(segment.dropFirst().dropLast())
            return "/\(ids[name] ?? RandomIdentifier.make())"
        }.joined()
    }

    private func headers(_ entry: RouteEntry, _ asker: Asker) -> HTTPFields {
        let token = asker == .program ? secret.text : asker.rawValue
        var fields: HTTPFields = asker == .nobody ? [:] : ["authorization": "Bearer \(token)"]
        guard entry.isWebSocket else { return fields }
        fields["upgrade"] = "websocket"
        fields["connection"] = "Upgrade"
        fields["sec-websocket-version"] = "13"
        fields["sec-websocket-key"] = "dGhlIHNhbXBsZSBub25jZQ=="
        return fields
    }

    /// The closed name of a problem, in either form.
    private static func label(of reply: FrontDoor.Reply) -> String? {
        if let problem = try? reply.json(ProblemReply.self) {
            return problem.type.split(separator: ":").last.map(String.init)
        }
        return JSONValue(text: reply.text)?.object?["error"]?.object?["code"]?.text
    }

    /// The closed names of what the door itself says; what a route says of its own subject is none of these.
    private static let gateLabels = [
        "token_missing", "token_signature", "token_other_route", "staff_only", "admin_only", "password_change_required",
    ]

    @Test("The door lets by whom the route's access says, into their own courses only")
    func everyRoute() async throws {
        let door = try await door()
        #expect(door.api.routes.contains { $0.isWebSocket } && door.api.routes.count > 40)
        for entry in door.api.routes {
            for asker in Asker.allCases {
                for whose in Self.isOfCourse(entry) ? Whose.allCases : [Whose.own] {
                    let reply = try await door.send(
                        entry.method, Self.path(entry, course: whose.rawValue), headers: headers(entry, asker))
                    let label = Self.label(of: reply)
                    let name = "\(entry.method.rawValue) \(entry.pattern), \(asker), \(whose): \(reply.status)"
                    switch Self.gate(entry, asker, Self.isOfCourse(entry) ? whose : nil) {
                    case .stops where asker == .admin:
                        // No membership keeps an administrator out; the route itself finds that there is no such course.
                        #expect((400..<500).contains(reply.status) && reply.status != 403, "\(name)")
                    case .stops(let status, let expected):
                        // OpenAI's form has one name for every token that is not good.
                        let named = CompletionProblem.speaks(for: entry.pattern) && status == 401
                        #expect(
                            reply.status == status && label == (named ? "invalid_api_key" : expected),
                            "\(name) \(label ?? "")")
                    case .lets where entry.access == .anyone:
                        #expect(reply.status < 500, "\(name)")
                    case .lets:
                        #expect(!Self.gateLabels.contains(label ?? "") && reply.status < 500, "\(name) \(label ?? "")")
                        if Self.isOfCourse(entry) { #expect(label != "unknown_course", "\(name)") }
                    }
                }
            }
        }
    }

    @Test("What belongs to somebody is not there for anybody else, an administrator included")
    func owned() async throws {
        let door = try await door()
        let reply = try await door.send(
            .post, "/api/chat", #"{"message": "a", "course": "algoritmos"}"#,
            headers: ["authorization": "Bearer student"])
        let asked = try reply.json(AcceptedReply.self)
        struct Messages: Decodable {
            struct Message: Decodable { let id: String }
            let messages: [Message]
        }
        let history = try await door.send(
            .get, "/api/conversations/\(asked.conversationId)/messages", headers: ["authorization": "Bearer student"])
        let message = try #require(try history.json(Messages.self).messages.first?.id)
        var walked = 0
        for entry in door.api.routes where entry.access == .signedIn && entry.pattern.contains("{") {
            let id = entry.pattern.contains("/messages/{id}") ? message : asked.conversationId
            let ids = ["id": id, "jobId": asked.jobId, "conversationId": asked.conversationId, "messageId": message]
            for asker in [Asker.staff, .admin] {
                var fields = headers(entry, asker)
                fields["content-type"] = "application/json"
                let body =
                    entry.method == .get || entry.method == .delete
                    ? nil : #"{"message": "a", "title": "a", "rating": 1}"#
                let reply = try await door.send(
                    entry.method, Self.path(entry, course: "", ids), body, headers: fields)
                #expect(reply.status == 404, "\(entry.method.rawValue) \(entry.pattern), \(asker): \(reply.text)")
                walked += 1
            }
        }
        #expect(walked >= 16)
        // It is all still there for its owner.
        let job = try await door.send(.get, "/api/jobs/\(asked.jobId)", headers: ["authorization": "Bearer student"])
        #expect(job.status == 200 && job.text.contains(#""status":"queued""#))
    }

    @Test("A question reaches only courses of who asks, by whatever way; a session only its owner")
    func bodies() async throws {
        let door = try await door()
        let student: HTTPFields = ["authorization": "Bearer student"]
        for course in [Whose.foreign, .unknown] {
            let body = #"{"message": "a", "course": "\#(course.rawValue)"}"#
            for path in ["/api/chat", "/api/conversations"] {
                let reply = try await door.send(.post, path, body, headers: student)
                #expect(reply.status == 404 && reply.text.contains("unknown_course"), "\(path) \(course)")
            }
        }
        // A conversation that was theirs, in a course they left.
        let left = try await door.house.store.createConversation(
            user: UserID("student"), course: try CourseID(Whose.foreign.rawValue), title: "")
        for path in ["messages", "messages/stream"] {
            let reply = try await door.send(
                .post, "/api/conversations/\(left.id)/\(path)", #"{"message": "a"}"#, headers: student)
            #expect(reply.status == 404 && reply.text.contains("unknown_course"), "\(path)")
        }
        let session = try await door.house.store.createSession(owner: UserID("staff"))
        let reply = try await door.send(
            .post, "/api/chat", #"{"message": "a", "course": "algoritmos", "sessionId": "\#(session)"}"#,
            headers: student)
        #expect(reply.status == 404)
    }

    @Test("docs/access.md is this table (GEPETO_UPDATE_DOCS=1 writes it)")
    func document() async throws {
        var text = """
            # Who may use which route

            Written by `AccessTableTests`, which holds every line against the routes themselves: `GEPETO_UPDATE_DOCS=1 swift test
            --filter AccessTableTests` writes it anew. "yes": the door lets by, and the route has its say; a number: the answer at
            the door. Where there are three, they are for a course of one's own, of others, and one that there is not. Without a
            token, and with a bad one, all but `anyone` answer 401. "API token": a student's, for one course; "launch": a token for one
            course, as a learning platform's launch gives, even of an administrator; "first": signed in by a password for once.

            What belongs to somebody (conversations, messages, jobs, sessions) answers 404 to everybody else, administrators included.
            A question names its course in its body: the same rule holds there, over HTTP, streams and the socket.

            | route | access | student | staff | admin | API token | launch | first |
            |---|---|---|---|---|---|---|---|

            """
        for entry in try await door().api.routes.sorted(by: {
            ($0.pattern, $0.method.rawValue) < ($1.pattern, $1.method.rawValue)
        }) {
            let cells = [Asker.student, .staff, .admin, .program, .launched, .first].map { asker in
                let courses: [Whose?] = Self.isOfCourse(entry) ? [.own, .foreign, .unknown] : [nil]
                return courses.map { Self.gate(entry, asker, $0).cell }.joined(separator: " / ")
            }
            let route = (entry.isWebSocket ? "WebSocket" : entry.method.rawValue) + " " + entry.pattern
            text += "| `\(route)` | \(entry.access.rawValue) | \(cells.joined(separator: " | ")) |\n"
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/access.md")
        if ProcessInfo.processInfo.environment["GEPETO_UPDATE_DOCS"] != nil { try Data(text.utf8).write(to: file) }
        #expect(String(decoding: try Data(contentsOf: file), as: UTF8.self) == text)
    }
}

import ChatAdapters
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// Ratings, insights, answers to topics, digests and the search in conversations, as clients see them.
@Suite("Insight routes", .timeLimit(.minutes(10)))
struct InsightRoutesTests {
    private struct Names: Authenticator {
        func authenticate(token: String?) async throws -> Principal {
            guard let token else { throw AuthenticationError(.missing) }
            let role: CourseRole = token == "staff" ? .staff : .student
            return Principal(user: UserID(token), claimed: [try CourseID("algoritmos"): role])
        }
    }

    private let door: FrontDoor

    init() throws { door = try FrontDoor(authenticator: Names()) }

    private func bearer(_ name: String) -> HTTPFields { ["authorization": "Bearer \(name)"] }

    private func send(
        _ method: HTTPMethod, _ target: String, as name: String, _ body: String? = nil
    ) async throws -> FrontDoor.Reply {
        try await door.send(method, target, body, headers: bearer(name))
    }

    /// Asks as somebody, and answers.
    private func ask(
        _ text: String, as name: String, refuse: Bool = true
    ) async throws -> (message: String, conversation: String) {
        let accepted = try await door.house.store.accept(
            Submission(user: UserID(name), message: text, course: CourseID("algoritmos"), traceID: "t"))
        door.house.time.advance(by: .seconds(3))
        let lease = try #require(try await door.house.store.lease(for: .seconds(30)))
        let model = refuse ? AnswerMetadata.noModel : "m"
        let answer = Answer(
            content: "Sobre: \(text)", citations: [], grounded: !refuse,
            metadata: AnswerMetadata(model: model, provider: model, costUsd: refuse ? 0 : 0.5))
        let message = RandomIdentifier.make()
        #expect(try await door.house.store.finish(lease, with: .answered(answer, messageID: message)))
        return (message, accepted.conversationID)
    }

    private struct Report: Decodable {
        struct Ratings: Decodable, Equatable {
            let up: Int
            let down: Int
        }

        struct Day: Decodable {
            let day: String
            let questions: Int
            let medianSeconds: Double?
            let costUsd: Double
            let up: Int
        }

        struct Topic: Decodable {
            let id: String
            let name: String
            let questions: Int
            let students: Int
            let refused: Int
            let badlyRated: Int
            let examples: [String]
            let comments: [String]
            let answeredBy: String?
        }

        let from: Int64
        let until: Int64
        let questions: Int
        let answered: Int
        let refused: Int
        let failed: Int
        let answerRate: Double?
        let medianSeconds: Double?
        let costUsd: Double
        let ratings: Ratings
        let days: [Day]
        let topics: [Topic]
    }

    private func report(_ query: String = "") async throws -> Report {
        let reply = try await send(.get, "/api/courses/algoritmos/insights\(query)", as: "staff")
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.json(Report.self)
    }

    @Test func ratingsShowInTheHistoryAndAreTheirOwners() async throws {
        let asked = try await ask("O que é um heap?", as: "ana", refuse: false)
        let target = "/api/messages/\(asked.message)/feedback"
        let comment = String(repeating: "é", count: Rating.longestComment)
        #expect(try await send(.post, target, as: "ana", "{\"rating\": -1, \"comment\": \"\(comment)\"}").status == 204)
        let history = "/api/conversations/\(asked.conversation)/messages"
        let seen = try await send(.get, history, as: "ana").text
        #expect(seen.contains("\"rating\":-1") && seen.contains("\"comment\":\"\(comment)\""))
        #expect(try await send(.get, "/api/account/export", as: "ana").text.contains(comment))
        #expect(try await send(.post, target, as: "bia", "{\"rating\": 1}").status == 404)
        #expect(try await send(.delete, target, as: "bia").status == 404)
        for body in [
            "{}", "{\"rating\": 0}", "{\"rating\": 2}", "{\"rating\": \"1\"}", "{\"rating\": 0.5}",
            "{\"rating\": true}",
            "{\"rating\": 1, \"comment\": 5}", "{\"rating\": 1, \"comment\": \"\(comment)e\"}", "[1]", "",
        ] { #expect(try await send(.post, target, as: "ana", body).status == 400, "\(body.prefix(40))") }
        #expect(try await send(.delete, target, as: "ana").status == 204)
        #expect(try await !send(.get, history, as: "ana").text.contains("rating"))
        #expect(try await door.send(.post, target, "{\"rating\": 1}").status == 401)
    }

    @Test func figuresByDayAndTopicsWithoutNames() async throws {
        let good = try await ask("O que é um heap?", as: "ana", refuse: false)
        #expect(
            try await send(.post, "/api/messages/\(good.message)/feedback", as: "ana", "{\"rating\":1}").status == 204)
        _ = try await ask("Quando é a prova final?", as: "Zulmira")
        _ = try await ask("prova final quando?", as: "ana")
        let found = try await report()
        #expect((found.questions, found.answered, found.refused, found.failed) == (3, 1, 2, 0))
        #expect(found.answerRate == 1.0 / 3 && found.costUsd == 0.5 && found.ratings == .init(up: 1, down: 0))
        #expect(abs((found.medianSeconds ?? 0) - 3) < 0.1)
        #expect(found.until == door.house.time.now.seconds && found.until - found.from < 30 * 86_400)
        #expect(found.days.map(\.questions) == [3] && found.days.map(\.up) == [1])
        #expect(found.days.first?.day == door.house.time.now.day.date)
        let topic = try #require(found.topics.first)
        #expect(topic.comments.isEmpty)
        #expect(found.topics.count == 1 && topic.questions == 2 && topic.students == 2 && topic.refused == 2)
        #expect(topic.name.contains("prova") && topic.examples.count == 2 && topic.answeredBy == nil)
        let text = try await send(.get, "/api/courses/algoritmos/insights?days=1", as: "staff").text
        #expect(text.contains("\"answeredBy\":null") && !text.contains("Zulmira") && !text.contains("\"ana\""))
        for query in ["?days=0", "?days=367", "?days=x"] {
            #expect(try await send(.get, "/api/courses/algoritmos/insights\(query)", as: "staff").status == 400)
        }
    }

    @Test func staffOnly() async throws {
        let topic = RandomIdentifier.make()
        for (method, path) in [
            (HTTPMethod.get, "insights"), (.get, "insights/digest"), (.post, "insights/topics/\(topic)/answer"),
        ] {
            let body = method == .post ? "{\"title\": \"a\", \"text\": \"b\"}" : nil
            #expect(try await send(method, "/api/courses/algoritmos/\(path)", as: "ana", body).status == 403)
            #expect(try await send(method, "/api/courses/outro/\(path)", as: "staff", body).status == 404)
            #expect(try await door.send(method, "/api/courses/algoritmos/\(path)", body).status == 401)
        }
    }

    @Test func anAnswerBecomesADocumentThatATopicShows() async throws {
        for name in ["ana", "bia"] { _ = try await ask("Quando é a prova final?", as: name) }
        let topic = try #require(try await report().topics.first?.id)
        let target = "/api/courses/algoritmos/insights/topics/\(topic)/answer"
        for body in [
            "{}", "{\"title\": \" \", \"text\": \"b\"}", "{\"title\": \"a\"}",
            "{\"title\": \"\(String(repeating: "x", count: 201))\", \"text\": \"b\"}",
            "{\"title\": \"a\", \"text\": \"\(String(repeating: "x", count: 20_001))\"}",
        ] { #expect(try await send(.post, target, as: "staff", body).status == 400, "\(body.prefix(40))") }
        let good = "{\"title\": \"Quando é a prova?\", \"text\": \"A prova final é no dia 3 de julho.\"}"
        for id in [RandomIdentifier.make(), "x", "%2e%2e"] {
            #expect(try await send(.post, target.replacing(topic, with: id), as: "staff", good).status == 404)
        }
        struct Accepted: Decodable {
            let documentId: String
            let name: String
            let status: String
        }
        let reply = try await send(.post, target, as: "staff", good)
        #expect(reply.status == 202, "\(reply.text)")
        let accepted = try reply.json(Accepted.self)
        #expect(accepted.name == "answers/quando-e-a-prova-\(topic.suffix(6)).md" && accepted.status == "queued")
        #expect(try await report().topics.first?.answeredBy == accepted.documentId)
        // It stands on the shelf as it will be read.
        let pending = try await door.house.store.pending(in: CourseID("algoritmos"))
        let hash = try #require(pending.first?.document.contentHash)
        let text = """
            # Quando é a prova?

            A prova final é no dia 3 de julho.

            *Fonte: equipe do curso, \(door.house.time.now.day.date)*

            """
        #expect(hash == SHA256.hex(text.utf8))
        // An answer is for students at once, also where other new documents are not.
        let rules = try await door.send(
            .put, "/api/courses/algoritmos/policies", "{\"newDocuments\":\"hidden\"}", headers: bearer("staff"))
        #expect(rules.status == 200)
        // A second answer takes the place of the first, under its name.
        let again = try await send(.post, target, as: "staff", good.replacing("Quando é a prova?", with: "Prova"))
        #expect(try again.json(Accepted.self).name == accepted.name)
        #expect(again.status == 202 && !again.text.contains("hidden"))
        let audit = try await door.directory.entries(of: CourseID("algoritmos"), after: nil, limit: 10)
        #expect(audit.items.map(\.action).filter { $0 == "topic.answered" }.count == 2)
    }

    @Test func digestsAreMarkdown() async throws {
        for name in ["ana", "bia"] { _ = try await ask("Quando é a prova final?", as: name) }
        let week = ISOWeek(of: door.house.time.now.day)
        let target = "/api/courses/algoritmos/insights/digest"
        let reply = try await send(.get, "\(target)?week=\(week.text)", as: "staff")
        #expect(reply.status == 200 && reply.headers["content-type"] == "text/markdown; charset=utf-8")
        #expect(reply.text.contains(week.text) && reply.text.contains("Quando é a prova final?"))
        let last = try await send(.get, target, as: "staff")
        #expect(last.status == 200 && last.text.contains(week.before.text))
        for name in ["2026", "2026-W60", "x"] {
            #expect(try await send(.get, "\(target)?week=\(name)", as: "staff").status == 400)
        }
    }

    @Test func conversationsAreFoundAgain() async throws {
        struct Found: Decodable {
            struct Item: Decodable {
                let id: String
                let snippet: String?
            }

            let conversations: [Item]
            let nextCursor: String?
        }
        let asked = try await ask("O que é uma ÁRVORE?", as: "ana", refuse: false)
        _ = try await ask("árvore", as: "bia", refuse: false)
        let found = try await send(.get, "/api/conversations?q=arvore%20sobre", as: "ana").json(Found.self)
        #expect(found.conversations.map(\.id) == [asked.conversation] && found.nextCursor == nil)
        #expect(found.conversations.first?.snippet == "Sobre: O que é uma ÁRVORE?")
        #expect(try await send(.get, "/api/conversations?q=pilha", as: "ana").json(Found.self).conversations.isEmpty)
        let all = try await send(.get, "/api/conversations", as: "ana").json(Found.self)
        #expect(all.conversations.map(\.snippet) == [nil])
        for query in ["q=", "q=%20", "q=\(String(repeating: "x", count: 201))"] {
            #expect(try await send(.get, "/api/conversations?\(query)", as: "ana").status == 400)
        }
        // Each reads through all that was said: not as often as one likes.
        var statuses: [Int] = []
        for _ in 0..<30 { statuses.append(try await send(.get, "/api/conversations?q=x", as: "ana").status) }
        #expect(statuses.first == 200 && statuses.last == 429)
        #expect(try await send(.get, "/api/conversations?q=x", as: "bia").status == 200)
        #expect(try await send(.get, "/api/conversations", as: "ana").status == 200)
    }
}

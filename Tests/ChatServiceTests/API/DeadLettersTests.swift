import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// The staff's routes to questions that failed for good.
@Suite("Dead letters over HTTP", .timeLimit(.minutes(10)))
struct DeadLetterRouteTests {
    private struct Letter: Decodable {
        let jobId: String
        let user: String
        let course: String
        let code: String
        let cause: String
        let tries: Int
        let redrivenAs: String?
        let question: String?
    }

    private struct Letters: Decodable {
        let deadLetters: [Letter]
        let nextCursor: String?
    }

    private struct Job: Decodable {
        let status: String
        let redriveOf: String?
    }

    private func die(_ door: FrontDoor, _ text: String = "O que é recursão?") async throws -> AcceptedReply {
        let asked = try await door.ask(text)
        let failure = JobFailure(.deadlineExceeded)
        #expect(try await door.house.store.end(job: asked.jobId, with: failure))
        await TerminalPublisher(ledger: door.house.store, sessions: door.house.store, log: .silent)
            .publish(job: asked.jobId)
        return asked
    }

    @Test("Listed without the question, shown with it, redriven with a 202")
    func story() async throws {
        let lines = LogLines()
        let door = try FrontDoor(log: lines.log)
        let asked = try await die(door)
        let list = try await door.send(.get, "/api/dead-letters")
        #expect(list.status == 200 && !list.text.contains("recurs"))
        let letter = try #require(try list.json(Letters.self).deadLetters.first)
        #expect(letter.jobId == asked.jobId && letter.user == "local" && letter.course == "algoritmos")
        #expect(letter.code == "deadline_exceeded" && letter.cause == "deadline_exceeded" && letter.redrivenAs == nil)
        let shown = try await door.send(.get, "/api/dead-letters/\(asked.jobId)").json(Letter.self)
        #expect(shown.question == "O que é recursão?")

        let redriven = try await door.send(.post, "/api/dead-letters/\(asked.jobId)/redrive")
        #expect(redriven.status == 202, "\(redriven.text)")
        let accepted = try redriven.json(AcceptedReply.self)
        #expect(redriven.headers["location"] == "/api/jobs/\(accepted.jobId)")
        #expect(accepted.conversationId == asked.conversationId && accepted.sessionId == asked.sessionId)
        let job = try await door.send(.get, "/api/jobs/\(accepted.jobId)").json(Job.self)
        #expect(job.status == "queued" && job.redriveOf == asked.jobId)
        #expect(try await door.send(.get, "/api/jobs/\(asked.jobId)").json(Job.self).redriveOf == nil)
        let after = try await door.send(.get, "/api/dead-letters").json(Letters.self)
        #expect(after.deadLetters.map(\.redrivenAs) == [accepted.jobId])

        let again = try await door.send(.post, "/api/dead-letters/\(asked.jobId)/redrive")
        #expect(again.status == 409)
        #expect(try again.json(ProblemReply.self).type == "urn:gepeto:problem:already_redriven")
        #expect(!lines.all.contains { $0.contains("recurs") })
    }

    @Test("A redriven question is answered by the worker and told on its session, once")
    func answered() async throws {
        let door = try FrontDoor()
        let asked = try await die(door)
        let accepted = try await door.send(.post, "/api/dead-letters/\(asked.jobId)/redrive").json(AcceptedReply.self)
        let told = Accepted(
            jobID: accepted.jobId, conversationID: accepted.conversationId, sessionID: accepted.sessionId,
            traceID: accepted.traceId, acceptedAt: door.house.time.now)
        let story = try await door.house.working(ScriptedAnswering()) {
            try await door.house.story(told)
        }
        #expect(story.completion?.jobId == accepted.jobId)
        #expect(story.completion?.conversationId == asked.conversationId)
    }

    @Test("Pages follow each other")
    func pages() async throws {
        let door = try FrontDoor()
        var ids: Set<String> = []
        for _ in 0..<3 { ids.insert(try await die(door).jobId) }
        let first = try await door.send(.get, "/api/dead-letters?limit=2").json(Letters.self)
        let cursor = try #require(first.nextCursor)
        let second = try await door.send(.get, "/api/dead-letters?limit=2&cursor=\(cursor)").json(Letters.self)
        #expect(Set((first.deadLetters + second.deadLetters).map(\.jobId)) == ids && second.nextCursor == nil)
        #expect(try await door.send(.get, "/api/dead-letters?limit=0").status == 400)
        #expect(try await door.send(.get, "/api/dead-letters?cursor=x").status == 400)
    }

    @Test(
        "An id that is none, and what is no dead letter, are 404", arguments: ["x", String(repeating: "0", count: 32)])
    func unknown(id: String) async throws {
        let door = try FrontDoor()
        for (method, path) in [(HTTPMethod.get, "/api/dead-letters/\(id)"), (.post, "/api/dead-letters/\(id)/redrive")]
        {
            let reply = try await door.send(method, path)
            #expect(reply.status == 404)
            #expect(try reply.json(ProblemReply.self).type == "urn:gepeto:problem:unknown_dead_letter")
        }
        let asked = try await door.ask()
        #expect(try await door.send(.post, "/api/dead-letters/\(asked.jobId)/redrive").status == 404)
    }

    @Test("A course that is gone is said, and a full backlog is 503")
    func refusals() async throws {
        var limits = JobLimits()
        limits.backlog = 1
        let library = try ScriptedLibrary(["algoritmos", "fisica"])
        let door = try FrontDoor(limits: limits, library: library)
        let asked = try await door.ask(more: #", "course": "algoritmos""#)
        #expect(try await door.house.store.end(job: asked.jobId, with: JobFailure(.deadlineExceeded)))
        let open = try await door.ask(more: #", "course": "fisica""#)
        let full = try await door.send(.post, "/api/dead-letters/\(asked.jobId)/redrive")
        #expect(full.status == 503 && full.headers["retry-after"] != nil)
        #expect(try await door.house.store.end(job: open.jobId, with: JobFailure(.cancelled)))
        let other = try FrontDoor(courses: ["fisica"])
        let stranger = try await other.house.store.accept(
            Submission(user: .local, message: "a", course: try CourseID("gone"), traceID: "t"))
        #expect(try await other.house.store.end(job: stranger.jobID, with: JobFailure(.courseUnavailable)))
        let gone = try await other.send(.post, "/api/dead-letters/\(stranger.jobID)/redrive")
        #expect(gone.status == 409)
        #expect(try gone.json(ProblemReply.self).detail.contains("'gone'"))
        #expect(try await other.house.store.depth() == 0)
    }

    @Test("Students learn nothing of them", arguments: [false, true])
    func staffOnly(isStaff: Bool) async throws {
        struct Door: Authenticator {
            let isStaff: Bool
            func authenticate(token: String?) async throws -> Principal {
                Principal(user: .local, claimed: [try CourseID("algoritmos"): isStaff ? .staff : .student])
            }
        }
        let door = try FrontDoor(authenticator: Door(isStaff: isStaff))
        let asked = try await die(door)
        let paths: [(HTTPMethod, String, Int)] = [
            (.get, "/api/dead-letters", 200), (.get, "/api/dead-letters/\(asked.jobId)", 200),
            (.post, "/api/dead-letters/\(asked.jobId)/redrive", 202),
        ]
        for (method, path, status) in paths {
            #expect(try await door.send(method, path).status == (isStaff ? status : 403), "\(path)")
        }
    }
}

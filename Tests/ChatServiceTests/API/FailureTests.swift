import Retrieval
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// What clients and staff learn when the service itself fails.
@Suite("Failures", .timeLimit(.minutes(10)))
struct FailureTests {
    /// `algoritmos` cannot be opened; the others can.
    private struct BrokenLibrary: CourseLibrary {
        struct Damaged: ExplainedError {
            let label = "not_a_database"
            let description = "/data/courses/algoritmos.sqlite is not a database."
        }

        var others: [String] = []

        func ids() async throws -> [CourseID] { try (["algoritmos"] + others).map { try CourseID($0) } }
        func courses() async throws -> [CourseSummary] { throw Damaged() }
        func course(_ id: CourseID) async throws -> CourseSummary? {
            if id.name == "algoritmos" { throw Damaged() }
            return CourseSummary(id: id, title: id.name, documents: 1, chunks: 1)
        }
        func retriever(for id: CourseID) async throws -> Retriever? { throw Damaged() }
    }

    @Test(
        "A course that cannot be opened is 503, says who can help, and is named in the log",
        arguments: [
            (HTTPMethod.get, "/api/courses", nil), (.get, "/api/courses/algoritmos", nil),
            (.get, "/api/courses/algoritmos/search?q=a", nil),
            (.post, "/api/chat", #"{"message": "a"}"#), (.post, "/api/conversations", "{}"),
            (.post, "/api/chat", #"{"message": "a", "course": "algoritmos"}"#),
        ] as [(HTTPMethod, String, String?)])
    func damagedCourse(method: HTTPMethod, target: String, body: String?) async throws {
        let lines = LogLines()
        let door = try FrontDoor(library: BrokenLibrary(), log: lines.log)
        let reply = try await door.send(method, target, body)
        #expect(reply.status == 503 && reply.headers["retry-after"] == "60")
        let problem = try reply.json(ProblemReply.self)
        #expect(problem.type == "urn:gepeto:problem:course_unavailable")
        #expect(problem.detail == "This course cannot be opened just now; staff run 'gepeto doctor'.")
        let line = try #require(lines.all.first { $0.contains("request failed") })
        #expect(line.contains(#""course":"algoritmos""#) && line.contains(#""cause":"not_a_database""#))
        #expect(line.contains(#""level":"error""#) && !line.contains("/data"))
    }

    @Test("A course that cannot be opened does not take the others from the list")
    func damagedAmongOthers() async throws {
        struct Listed: Decodable { let courses: [CourseSummary] }
        let lines = LogLines()
        let door = try FrontDoor(library: BrokenLibrary(others: ["fisica"]), log: lines.log)
        let reply = try await door.send(.get, "/api/courses")
        #expect(reply.status == 200)
        #expect(try reply.json(Listed.self).courses.map(\.id.name) == ["fisica"])
        #expect(lines.all.count == 1 && lines.all[0].contains(#""course":"algoritmos""#))
    }

    @Test("What a client does is no error of ours")
    func clientsDoing() throws {
        let lines = LogLines()
        let router = try FrontDoor(log: lines.log).router
        let errors: [any Error] = [
            HTTPError(501, .notImplemented, "There is no such method."),
            HTTPError(505, .versionNotSupported, "Speak HTTP/1.1."), CancellationError(),
        ]
        for error in errors { #expect(router.errorResponse(error, nil).status >= 500) }
        #expect(lines.all.count == 3 && lines.all.allSatisfy { $0.contains(#""level":"debug""#) })
        _ = router.errorResponse(HTTPError(503, .overloaded, "Too many connections."), nil)
        #expect(lines.all.last?.contains(#""level":"error""#) == true)
    }

    @Test("A store that cannot be written to is degraded, one that cannot be read takes the process out of service")
    func store() async throws {
        let full = Readiness(store: { false })
        let response = await full.response()
        #expect(response.status == 200 && text(response).contains(#""store":"degraded""#))
        let gone = Readiness(store: { throw BrokenLibrary.Damaged() })
        let refusal = await gone.response()
        #expect(refusal.status == 503 && text(refusal).contains(#""store":"down""#))
    }

    private func text(_ response: HTTPResponse) -> String {
        if case .bytes(let bytes) = response.body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
}

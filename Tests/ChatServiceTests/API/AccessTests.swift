import ChatAdapters
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// Who belongs to a course, and what those see who do not.
@Suite("Access")
struct AccessTests {
    /// Takes the token for the name of its bearer.
    private struct Names: Authenticator {
        let principals: [String: Principal]

        func authenticate(token: String?) async throws -> Principal {
            guard let token else { throw AuthenticationError(.missing) }
            return try principals[token] ?? { throw AuthenticationError(.signature) }()
        }
    }

    private let course: CourseID
    private let other: CourseID

    init() throws {
        course = try CourseID("algoritmos")
        other = try CourseID("fisica")
    }

    private func door() throws -> FrontDoor {
        let everywhere: [CourseID: CourseRole] = [course: .staff, other: .staff]
        let principals = [
            Principal(user: UserID("ana")), Principal(user: UserID("rui"), standing: .staff),
            Principal(user: UserID("root"), standing: .admin),
            Principal(user: UserID("guest"), claimed: [course: .student]),
            Principal(user: UserID("bound"), standing: .admin, claimed: everywhere, limitedTo: [other]),
        ]
        let named = Dictionary(uniqueKeysWithValues: principals.map { ($0.user.name, $0) })
        return try FrontDoor(courses: ["algoritmos", "fisica"], authenticator: Names(principals: named))
    }

    private func bearer(_ name: String) -> HTTPFields { ["authorization": "Bearer \(name)"] }

    @Test("A foreign course is answered as an unknown one is, by every route of it")
    func foreignCourses() async throws {
        let door = try door()
        _ = try await door.directory.enrol([Enrolment(user: UserID("ana"), role: .student)], in: other)
        for entry in door.api.routes where entry.pattern.contains("{course}") {
            let replies = try await ["algoritmos", "unknown"].mapEach { course in
                let path = entry.pattern.replacing("{course}", with: course).replacing("{id}", with: "x")
                return try await door.send(entry.method, path, headers: bearer("ana"))
            }
            #expect(replies.map(\.status) == [404, 404], "\(entry.method) \(entry.pattern)")
            let problems = try replies.map { try $0.json(ProblemReply.self) }
            #expect(problems[0].detail == problems[1].detail && problems[0].type == problems[1].type)
        }
        let asked = try await door.send(
            .post, "/api/chat", #"{"message": "a", "course": "algoritmos"}"#, headers: bearer("ana"))
        #expect(asked.status == 404)
    }

    @Test("The course need not be named where there is one of theirs")
    func onlyCourse() async throws {
        let door = try door()
        _ = try await door.directory.enrol([Enrolment(user: UserID("ana"), role: .student)], in: other)
        for (name, status) in [("ana", 202), ("guest", 202), ("rui", 503), ("root", 400), ("bound", 202)] {
            let reply = try await door.send(.post, "/api/chat", #"{"message": "a"}"#, headers: bearer(name))
            #expect(reply.status == status, "\(name): \(reply.text)")
        }
        struct Listed: Decodable { let courses: [CourseSummary] }
        for (name, ids) in [
            ("ana", ["fisica"]), ("guest", ["algoritmos"]), ("rui", []), ("root", ["algoritmos", "fisica"]),
            ("bound", ["fisica"]),
        ] {
            let reply = try await door.send(.get, "/api/courses", headers: bearer(name))
            #expect(try reply.json(Listed.self).courses.map(\.id.name) == ids, "\(name)")
        }
    }

    @Test("Who makes a course is its staff; a limited token makes none")
    func makers() async throws {
        let door = try door()
        for (name, status) in [("ana", 403), ("guest", 403), ("bound", 403), ("rui", 201)] {
            let reply = try await door.send(.post, "/api/courses", #"{"id": "nova"}"#, headers: bearer(name))
            #expect(reply.status == status, "\(name): \(reply.text)")
        }
        let nova = try CourseID("nova")
        #expect(try await door.directory.role(of: UserID("rui"), in: nova) == .staff)
        #expect(try await door.directory.maker(of: nova) == UserID("rui"))
        #expect(try await door.send(.get, "/api/courses/nova/documents", headers: bearer("rui")).status == 200)
        let trail = try await door.directory.entries(of: nova, after: nil, limit: 10).items
        #expect(trail.map(\.action) == ["course.made"] && trail.first?.actor == UserID("rui"))
    }

    @Test("Staff see the dead letters of their courses only")
    func deadLetters() async throws {
        let door = try door()
        _ = try await door.directory.enrol([Enrolment(user: UserID("rui"), role: .staff)], in: other)
        let asked = try await door.house.store.accept(
            Submission(user: UserID("ana"), message: "a", course: course, traceID: "t"))
        #expect(try await door.house.store.end(job: asked.jobID, with: JobFailure(.courseUnavailable)))
        let path = "/api/dead-letters/\(asked.jobID)"
        for (name, listed, status) in [("root", true, 200), ("rui", false, 404), ("bound", false, 404)] {
            let list = try await door.send(.get, "/api/dead-letters", headers: bearer(name))
            #expect(list.text.contains(asked.jobID) == listed, "\(name)")
            #expect(try await door.send(.get, path, headers: bearer(name)).status == status, "\(name)")
        }
        #expect(try await door.send(.get, path, headers: bearer("ana")).status == 403)
    }

    @Test("What is cached is forgotten at a change, and after its time")
    func cache() async throws {
        let time = ManualTime()
        let folder = try TestSupport.TemporaryFolder()
        let directory = try SQLiteDirectory(path: folder.file("directory.sqlite"), time: time)
        let cache = MembershipCache(directory, time: time)
        let ana = UserID("ana")
        _ = try await directory.enrol([Enrolment(user: UserID("rui"), role: .staff)], in: course)
        #expect(try await cache.role(of: ana, in: course) == nil)
        _ = try await directory.enrol([Enrolment(user: ana, role: .student)], in: course)
        #expect(try await cache.role(of: ana, in: course) == .student)
        // Another process: seen when the time is over.
        _ = try await directory.enrol([Enrolment(user: ana, role: .staff)], in: course)
        #expect(try await cache.role(of: ana, in: course) == .student)
        time.advance(by: MembershipCache.lifetime)
        #expect(try await cache.role(of: ana, in: course) == .staff)
        // This one: at once.
        #expect(try await cache.remove(ana, from: course))
        #expect(try await cache.role(of: ana, in: course) == nil)
    }

    @Test("Rules hold from the next question on where they are changed, and within a second elsewhere")
    func policies() async throws {
        let time = ManualTime()
        let source = ScriptedPolicies()
        let cache = PolicyCache(source, time: time)
        try source.change { $0.questionsPerDay = 3 }
        #expect(try await cache.policy(of: course).policy.questionsPerDay == 3)
        // Another process.
        try source.change { $0.questionsPerDay = 2 }
        #expect(try await cache.policy(of: course).policy.questionsPerDay == 3)
        time.advance(by: PolicyCache.lifetime)
        #expect(try await cache.policy(of: course).policy.questionsPerDay == 2)
        // This one.
        let at = Timestamp(milliseconds: 0)
        #expect(try await cache.set(CoursePolicy(), of: course, expecting: 2, by: UserID("ana"), at: at) != nil)
        #expect(try await cache.policy(of: course).policy.questionsPerDay == nil)
        // Rules that cannot be read are not taken for those of a moment ago.
        source.fail(with: SubscriptionLost())
        time.advance(by: PolicyCache.lifetime)
        await #expect(throws: SubscriptionLost.self) { try await cache.policy(of: course) }
    }
}

extension Sequence {
    /// `map` for what has to be waited for.
    fileprivate func mapEach<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

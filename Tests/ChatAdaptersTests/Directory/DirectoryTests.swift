import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every directory of people must keep, whatever it is kept in.
@Suite("Directory", .timeLimit(.minutes(10))) struct DirectoryTests {
    private let course: CourseID
    private let ana = UserID("ana")

    init() throws { course = try CourseID("algoritmos") }

    @Test(
        "Members are added, changed, left alone and removed; the last of several lines counts",
        arguments: StoreKind.everywhere)
    func memberships(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let directory = test.directory
        let first = try await directory.enrol(
            [
                Enrolment(user: ana, name: "Ana", role: .student), Enrolment(user: UserID("rui"), role: .student),
                Enrolment(user: UserID("rui"), role: .staff),
            ], in: course)
        #expect(first.added == [ana, UserID("rui")] && first.changed.isEmpty)
        #expect(try await directory.role(of: UserID("rui"), in: course) == .staff)
        _ = try await directory.enrol([Enrolment(user: UserID("eva"), role: .staff)], in: course)
        let second = try await directory.enrol(
            [Enrolment(user: ana, role: .student), Enrolment(user: UserID("rui"), role: .student)], in: course)
        #expect(second.unchanged == 1 && second.changed == [UserID("rui")])
        // A name that is known stays when none is said.
        #expect(try await directory.member(ana, of: course)?.name == "Ana")
        let fisica = try CourseID("fisica")
        try await directory.enrol(maker: Enrolment(user: ana, role: .staff), of: fisica)
        #expect(try await directory.courses(of: ana) == [course: .student, fisica: .staff])
        #expect(try await directory.maker(of: fisica) == ana)
        try await directory.removeAll(from: fisica)
        #expect(try await directory.maker(of: fisica) == nil)
        #expect(try await directory.remove(ana, from: course))
        #expect(try await !directory.remove(ana, from: course))
    }

    @Test(
        "A course keeps its last staff, whoever says what; a platform's word and an erasure hold",
        arguments: StoreKind.durable)
    func lastStaff(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let directory = test.directory
        let rui = UserID("rui")
        _ = try await directory.enrol(
            [Enrolment(user: rui, role: .staff), Enrolment(user: ana, role: .student)], in: course)
        await #expect(throws: MembershipError.lastStaff) { try await directory.remove(rui, from: course) }
        await #expect(throws: MembershipError.lastStaff) {
            try await directory.enrol([Enrolment(user: rui, role: .student)], in: course)
        }
        #expect(try await directory.role(of: rui, in: course) == .staff)
        // Somebody else in the same table will do, and students go as ever.
        _ = try await directory.enrol(
            [Enrolment(user: rui, role: .student), Enrolment(user: ana, role: .staff)], in: course)
        #expect(try await directory.remove(rui, from: course))
        _ = try await directory.enrol([Enrolment(user: ana, role: .student, isFinal: true)], in: course)
        #expect(try await directory.role(of: ana, in: course) == .student)
        // Where there never was any, nothing is lost.
        #expect(try await directory.remove(ana, from: course))
    }

    @Test(
        "Nothing of a deleted course is its successor's: no platform's course is it, none may be connected to it",
        arguments: StoreKind.durable)
    func deletedCourse(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        let other = try CourseID("fisica")
        try await directory.add(
            PlatformRegistration(
                id: "p", name: "n", issuer: "i", clientID: "c", deploymentID: "d", authorizationURL: "u",
                keys: .set("{}"), origins: [], courses: [course, other], createdAt: time.now))
        _ = try await directory.connect("ctx", of: "p", to: course, by: ana)
        _ = try await directory.connect("ctx2", of: "p", to: other, by: ana)
        try await directory.removeAll(from: course)
        #expect(try await directory.course(of: "ctx", in: "p") == nil)
        #expect(try await directory.course(of: "ctx2", in: "p") == other)
        #expect(try await directory.registration("p")?.courses == [other])
    }

    @Test(
        "Of who is erased the trail says what they did as staff, and of nothing else who it was",
        arguments: StoreKind.everywhere)
    func forgotten(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        func note(_ action: String, _ subject: String, by actor: UserID) async throws {
            try await directory.record(
                AuditEntry(at: time.now, actor: actor, action: action, course: course, subject: subject))
        }
        try await note("token.made", "t", by: ana)
        try await note("user.exported", "ana", by: ana)
        try await note("password.reset", "ana", by: UserID("rui"))
        try await note("members.removed", "bia", by: ana)
        let invitation = Invitation(
            id: "i", course: course, role: .student, usesLeft: 1, madeBy: ana, createdAt: time.now,
            expiresAt: time.now + .seconds(60))
        try await directory.add(invitation, codeHash: "h")
        _ = try await directory.set(CoursePolicy(), of: course, expecting: nil, by: ana, at: time.now)
        try await directory.forget(ana, as: "(erased)")
        let entries = try await directory.entries(of: course, after: nil, limit: 9).items
        #expect(entries.map(\.actor.name) == ["ana", "rui", "(erased)", "(erased)"])
        #expect(entries.map(\.subject) == ["bia", "(erased)", "(erased)", "t"])
        #expect(try await directory.invitations(of: course).map(\.madeBy.name) == ["(erased)"])
        #expect(try await directory.policy(of: course).changedBy?.name == "(erased)")
    }

    @Test("The trail is paged from its end, by course, and forgets after two years", arguments: StoreKind.everywhere)
    func audit(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        func note(_ number: Int, _ course: CourseID?) async throws {
            try await directory.record(
                AuditEntry(
                    at: time.now, actor: ana, action: "a.\(number)", course: course, subject: "s",
                    details: ["n": "\(number)"]))
        }
        for number in 0..<5 { try await note(number, number.isMultiple(of: 2) ? course : nil) }
        let first = try await directory.entries(of: course, after: nil, limit: 2)
        #expect(first.items.map(\.action) == ["a.4", "a.2"])
        let cursor = try #require(first.next.flatMap { PageCursor(text: $0.text) })
        let second = try await directory.entries(of: course, after: cursor, limit: 2)
        #expect(second.items.map(\.details) == [["n": "0"]] && second.next == nil)
        #expect(try await directory.entries(of: nil, after: nil, limit: 9).items.count == 5)
        time.advance(by: .seconds(731 * 24 * 3600))
        try await note(5, course)
        #expect(try await directory.entries(of: nil, after: nil, limit: 9).items.map(\.action) == ["a.5"])
    }
}

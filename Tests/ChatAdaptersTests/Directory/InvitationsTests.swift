import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every keeper of invitations, and of courses' rules, holds to.
@Suite("Invitations and rules", .timeLimit(.minutes(10))) struct InvitationsTests {
    private let ana = UserID("ana")
    private let bia = UserID("bia")
    private let rui = UserID("rui")
    private let course: CourseID

    init() throws { course = try CourseID("algoritmos") }

    private func invitation(
        _ id: String, uses: Int = 2, role: CourseRole = .student, _ time: ManualTime
    ) -> Invitation {
        Invitation(
            id: id, course: course, role: role, usesLeft: uses, madeBy: rui, createdAt: time.now,
            expiresAt: time.now + .seconds(60))
    }

    @Test("An invitation is good for so many who are no members, and until its end", arguments: StoreKind.everywhere)
    func uses(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        let made = invitation("i", time)
        try await directory.add(made, codeHash: "h")
        #expect(try await directory.invitation(codeHash: "h") == made)
        #expect(try await directory.invitation(codeHash: "g") == nil)
        #expect(try await directory.accept(codeHash: "h", user: ana, name: "Ana") == made)
        #expect(try await directory.member(ana, of: course)?.name == "Ana")
        #expect(try await directory.accept(codeHash: "h", user: ana, name: nil)?.usesLeft == 1)
        #expect(try await directory.invitations(of: course).map(\.usesLeft) == [1])
        #expect(try await directory.accept(codeHash: "h", user: bia, name: nil) != nil)
        #expect(try await directory.accept(codeHash: "h", user: rui, name: nil) == nil)
        #expect(try await directory.invitations(of: course).isEmpty)
        try await directory.add(invitation("j", role: .staff, time), codeHash: "k")
        #expect(try await directory.accept(codeHash: "k", user: ana, name: nil) != nil)
        #expect(try await directory.role(of: ana, in: course) == .staff)
        time.advance(by: .seconds(60))
        #expect(try await directory.accept(codeHash: "k", user: rui, name: nil) == nil)
    }

    @Test("A course has so many good ones, the last first; those that are past make room", arguments: StoreKind.durable)
    func most(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        for number in 0..<Invitation.most {
            try await directory.add(invitation("\(1_000 + number)", time), codeHash: "\(number)")
            time.advance(by: .milliseconds(1))
        }
        await #expect(throws: InvitationError.tooMany) {
            try await directory.add(invitation("x", time), codeHash: "x")
        }
        #expect(try await directory.invitations(of: course).first?.id == "1099")
        #expect(try await directory.remove("1099", from: course))
        #expect(try await !directory.remove("1099", from: course))
        #expect(try await directory.invitation(codeHash: "99") == nil)
        time.advance(by: .seconds(60))
        try await directory.add(invitation("x", time), codeHash: "x")
        #expect(try await directory.invitations(of: course).map(\.id) == ["x"])
    }

    @Test("Rules are set from those that are there, by nobody else's leave", arguments: StoreKind.everywhere)
    func policies(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        var policy = CoursePolicy()
        #expect(try await directory.policy(of: course) == .none)
        #expect(try await directory.set(policy, of: course, expecting: 1, by: rui, at: time.now) == nil)
        let first = try await directory.set(policy, of: course, expecting: 0, by: rui, at: time.now)
        #expect(first?.version == 1)
        policy.language = .pt
        #expect(try await directory.set(policy, of: course, expecting: 0, by: ana, at: time.now) == nil)
        let second = try await directory.set(policy, of: course, expecting: 1, by: ana, at: time.now)
        #expect(second == StoredPolicy(policy, version: 2, changedBy: ana, changedAt: time.now))
        #expect(try await directory.policy(of: course) == second)
        #expect(try await directory.set(policy, of: course, expecting: nil, by: rui, at: time.now)?.version == 3)
        try await directory.removePolicy(of: course)
        #expect(try await directory.policy(of: course) == .none)
    }
}

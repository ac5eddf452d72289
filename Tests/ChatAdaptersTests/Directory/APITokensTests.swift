import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every keeper of API tokens holds to.
@Suite struct APITokensTests {
    private let course: CourseID

    init() throws { course = try CourseID("algoritmos") }

    private func token(_ time: ManualTime, _ user: String = "ana", days: Int = 1, granted: CourseRole? = nil)
        -> APIToken
    {
        APIToken(
            id: RandomIdentifier.make(at: time.now), user: UserID(user), name: "n", course: course, granted: granted,
            createdAt: time.now, expiresAt: time.now + .seconds(days * 86_400))
    }

    @Test(arguments: StoreKind.durable) func isFoundByItsDigestUntilItEnds(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (tokens, time) = (test.directory, test.time)
        let (secret, token) = (APISecret(), token(time, granted: .staff))
        try await tokens.add(token, digest: secret.digest)
        #expect(try await tokens.token(digest: secret.digest) == token)
        #expect(try await tokens.token(digest: APISecret().digest) == nil)
        try await tokens.noteUse(of: token.id, on: 20_000)
        #expect(try await tokens.tokens(of: UserID("ana")).map(\.lastUsedOn) == [20_000])
        #expect(try await tokens.tokens(of: UserID("bia")).isEmpty)
        time.advance(by: .seconds(86_400))
        #expect(try await tokens.token(digest: secret.digest) == nil)
        #expect(try await tokens.tokens(of: UserID("ana")).isEmpty)
    }

    @Test(arguments: StoreKind.durable) func onlyItsOwnerRevokesIt(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (tokens, time) = (test.directory, test.time)
        let (secret, token) = (APISecret(), token(time))
        try await tokens.add(token, digest: secret.digest)
        #expect(try await tokens.revoke(token.id, of: UserID("bia")) == false)
        #expect(try await tokens.token(digest: secret.digest) != nil)
        #expect(try await tokens.revoke(token.id, of: UserID("ana")))
        #expect(try await tokens.token(digest: secret.digest) == nil)
    }

    @Test(arguments: StoreKind.durable) func thoseThatEndedMakeRoom(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (tokens, time) = (test.directory, test.time)
        for _ in 0..<APIToken.most { try await tokens.add(token(time), digest: APISecret().digest) }
        await #expect(throws: APITokenError.tooMany) { try await tokens.add(token(time), digest: APISecret().digest) }
        try await tokens.add(token(time, "bia"), digest: APISecret().digest)
        time.advance(by: .seconds(2 * 86_400))
        try await tokens.add(token(time), digest: APISecret().digest)
        #expect(try await tokens.tokens(of: UserID("ana")).count == 1)
    }

    @Test(arguments: StoreKind.durable) func goWithTheirUserAndTheirCourse(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (tokens, time) = (test.directory, test.time)
        try await tokens.add(token(time), digest: APISecret().digest)
        try await tokens.add(token(time, "bia"), digest: APISecret().digest)
        try await tokens.revokeAll(of: UserID("ana"))
        #expect(try await tokens.tokens(of: UserID("ana")).isEmpty)
        #expect(try await tokens.tokens(of: UserID("bia")).count == 1)
        try await tokens.revokeAll(for: course)
        #expect(try await tokens.tokens(of: UserID("bia")).isEmpty)
    }
}

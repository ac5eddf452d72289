import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every keeper of API tokens holds to.
@Suite struct APITokensTests {
    private let time = ManualTime()
    private let folder: TemporaryFolder
    private let tokens: any APITokens
    private let course: CourseID

    init() throws {
        folder = try TemporaryFolder()
        tokens = try SQLiteDirectory(path: folder.file("directory.sqlite"), time: time)
        course = try CourseID("algoritmos")
    }

    private func token(_ user: String = "ana", days: Int = 1, granted: CourseRole? = nil) -> APIToken {
        APIToken(
            id: RandomIdentifier.make(at: time.now), user: UserID(user), name: "n", course: course, granted: granted,
            createdAt: time.now, expiresAt: time.now + .seconds(days * 86_400))
    }

    @Test func isFoundByItsDigestUntilItEnds() async throws {
        let (secret, token) = (APISecret(), token(granted: .staff))
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

    @Test func onlyItsOwnerRevokesIt() async throws {
        let (secret, token) = (APISecret(), token())
        try await tokens.add(token, digest: secret.digest)
        #expect(try await tokens.revoke(token.id, of: UserID("bia")) == false)
        #expect(try await tokens.token(digest: secret.digest) != nil)
        #expect(try await tokens.revoke(token.id, of: UserID("ana")))
        #expect(try await tokens.token(digest: secret.digest) == nil)
    }

    @Test func thoseThatEndedMakeRoom() async throws {
        for _ in 0..<APIToken.most { try await tokens.add(token(), digest: APISecret().digest) }
        await #expect(throws: APITokenError.tooMany) { try await tokens.add(token(), digest: APISecret().digest) }
        try await tokens.add(token("bia"), digest: APISecret().digest)
        time.advance(by: .seconds(2 * 86_400))
        try await tokens.add(token(), digest: APISecret().digest)
        #expect(try await tokens.tokens(of: UserID("ana")).count == 1)
    }

    @Test func goWithTheirUserAndTheirCourse() async throws {
        try await tokens.add(token(), digest: APISecret().digest)
        try await tokens.add(token("bia"), digest: APISecret().digest)
        try await tokens.revokeAll(of: UserID("ana"))
        #expect(try await tokens.tokens(of: UserID("ana")).isEmpty)
        #expect(try await tokens.tokens(of: UserID("bia")).count == 1)
        try await tokens.revokeAll(for: course)
        #expect(try await tokens.tokens(of: UserID("bia")).isEmpty)
    }
}

import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every keeper of accounts and sign-ins holds to.
@Suite("Accounts", .timeLimit(.minutes(10))) struct AccountsTests {
    private let ana = UserID("ana")
    private let bia = UserID("bia")
    private let rui = UserID("rui")
    private let course: CourseID
    private let other: CourseID

    init() throws { (course, other) = (try CourseID("algoritmos"), try CourseID("fisica")) }

    private func account(_ user: UserID, _ time: ManualTime) throws -> Account {
        Account(
            user: user, name: "N \(user)", standing: .staff, password: try Self.password("secret of \(user)"),
            mustChange: true, createdAt: time.now)
    }

    static func password(_ text: String) throws -> PasswordHash {
        try #require(PasswordHash(of: text, Scrypt(logN: 4, r: 8, p: 1)))
    }

    @Test("Each name is given once; the list is in the order of adding, page by page", arguments: StoreKind.everywhere)
    func names(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let directory = test.directory
        let first = try account(rui, test.time)
        #expect(try await directory.add([first, account(ana, test.time)], .anybody) == [rui, ana])
        #expect(try await directory.add([account(bia, test.time), account(rui, test.time)], .anybody) == [bia])
        #expect(try await directory.account(rui) == first)
        #expect(try await directory.account(UserID("eva")) == nil)
        let page = try await directory.accounts(after: nil, limit: 2)
        #expect(page.items.map(\.user) == [rui, ana])
        let next = try #require(page.next.flatMap { PageCursor(text: $0.text) })
        let rest = try await directory.accounts(after: next, limit: 2)
        #expect(rest.items.map(\.user) == [bia] && rest.next == nil)
        #expect(try await directory.remove(account: ana))
        #expect(try await !directory.remove(account: ana))
        #expect(try await directory.add([account(ana, test.time)], .anybody) == [ana])
        #expect(try await directory.accounts(after: nil, limit: 9).items.map(\.user) == [rui, bia, ana])
    }

    @Test("A stranger is who has nothing here that staff of the course may not give away", arguments: StoreKind.durable)
    func strangers(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        func add(_ name: String, _ claim: AccountClaim) async throws -> Bool {
            try await !directory.add([account(UserID(name), time)], claim).isEmpty
        }
        _ = try await directory.enrol(
            [Enrolment(user: ana, role: .student), Enrolment(user: rui, role: .staff)], in: course)
        #expect(try await !add("ana", .strangers()))
        #expect(try await !add("ana", .strangers(studentsOf: [other])))
        #expect(try await !add("rui", .strangers(studentsOf: [course])))
        #expect(try await add("rui", .strangers(joined: course)))
        _ = try await directory.enrol([Enrolment(user: ana, role: .student)], in: other)
        #expect(try await !add("ana", .strangers(studentsOf: [course])))
        #expect(try await add("ana", .strangers(studentsOf: [course, other])))
        try await directory.enrol(maker: Enrolment(user: bia, role: .staff), of: course)
        #expect(try await directory.enrol([Enrolment(user: bia, role: .student)], in: course).changed == [bia])
        #expect(try await !add("bia", .strangers(studentsOf: [course])))
        try await directory.add(
            APIToken(
                id: "t", user: UserID("eva"), name: "n", course: course, createdAt: time.now,
                expiresAt: time.now + .seconds(60)), digest: "d")
        #expect(try await !add("eva", .strangers(studentsOf: [course])))
        #expect(try await add("eva", .anybody))
    }

    @Test(
        "A new password ends the API tokens and all sign-ins but one; no account, all of them",
        arguments: StoreKind.durable)
    func passwords(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        let end = time.now + SignIn.lifetime
        _ = try await directory.add([account(ana, time)], .anybody)
        for name in ["1", "2", "3"] {
            try await directory.begin(SignIn(id: "s\(name)", user: ana, tokenHash: name, expires: end))
        }
        let token = APIToken(
            id: "t", user: ana, name: "n", course: course, createdAt: time.now, expiresAt: time.now + .seconds(60))
        try await directory.add(token, digest: "d")
        let changed = try Self.password("another")
        #expect(try await directory.setPassword(changed, mustChange: false, of: ana, keeping: "s2"))
        let found = try #require(try await directory.account(ana))
        #expect(found.password == changed && !found.mustChange && found.standing == .staff)
        #expect(try await directory.token(digest: "d") == nil)
        #expect(try await directory.tokens(of: ana).isEmpty)
        #expect(try await directory.renew("1", with: "1b", until: end) == .unknown)
        #expect(try await directory.renew("2", with: "2b", until: end) == .renewed(user: ana, session: "s2"))
        #expect(try await !directory.setPassword(changed, mustChange: false, of: bia, keeping: nil))
        #expect(try await directory.remove(account: ana))
        #expect(try await directory.renew("2b", with: "2c", until: end) == .unknown)
    }

    @Test("A refresh token is good once; the second time it ends the sign-in", arguments: StoreKind.everywhere)
    func refresh(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        func end() -> Timestamp { time.now + SignIn.lifetime }
        try await directory.begin(SignIn(id: "s", user: ana, tokenHash: "0", expires: end()))
        try await directory.begin(SignIn(id: "t", user: ana, tokenHash: "x", expires: end()))
        #expect(try await directory.renew("0", with: "1", until: end()) == .renewed(user: ana, session: "s"))
        #expect(try await directory.renew("1", with: "2", until: end()) == .renewed(user: ana, session: "s"))
        #expect(try await directory.renew("0", with: "3", until: end()) == .reused(user: ana, session: "s"))
        #expect(try await directory.renew("2", with: "3", until: end()) == .unknown)
        #expect(try await directory.end(tokenHash: "2") == nil)
        #expect(try await directory.end(tokenHash: "x") == "t")
        #expect(try await directory.end(tokenHash: "x") == nil)
        try await directory.begin(SignIn(id: "u", user: ana, tokenHash: "u", expires: end()))
        time.advance(by: SignIn.lifetime)
        #expect(try await directory.renew("u", with: "v", until: end()) == .unknown)
    }

    @Test("Of one user the last twenty sign-ins go on", arguments: StoreKind.durable)
    func mostSignIns(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        let end = time.now + SignIn.lifetime
        for number in 0...SignIn.most {
            if number == SignIn.most {
                // Renewed a moment ago, so it is not the oldest.
                #expect(try await directory.renew("0", with: "0b", until: end) != .unknown)
                time.advance(by: .milliseconds(1))
            }
            try await directory.begin(SignIn(id: "s\(number)", user: ana, tokenHash: "\(number)", expires: end))
            time.advance(by: .milliseconds(1))
        }
        #expect(try await directory.renew("1", with: "1b", until: end) == .unknown)
        #expect(try await directory.renew("0b", with: "0c", until: end) == .renewed(user: ana, session: "s0"))
        #expect(try await directory.renew("2", with: "2b", until: end) == .renewed(user: ana, session: "s2"))
    }

    @Test("A used token is known for two hundred renewals", arguments: StoreKind.durable)
    func spent(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (directory, time) = (test.directory, test.time)
        let end = time.now + SignIn.lifetime
        try await directory.begin(SignIn(id: "s", user: ana, tokenHash: "0", expires: end))
        for number in 0..<201 {
            time.advance(by: .milliseconds(1))
            _ = try await directory.renew("\(number)", with: "\(number + 1)", until: end)
        }
        #expect(try await directory.renew("0", with: "x", until: end) == .unknown)
        #expect(try await directory.renew("1", with: "x", until: end) == .reused(user: ana, session: "s"))
    }
}

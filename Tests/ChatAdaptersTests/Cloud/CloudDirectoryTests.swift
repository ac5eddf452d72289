import AWS
import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What is the cloud's own: several processes at once, steps, times to live, and answers that get lost.
@Suite("Directory in the cloud", .timeLimit(.minutes(5))) struct CloudDirectoryTests {
    private let time = ManualTime()
    private let table = MemoryTable()
    /// Three processes.
    private let processes: [CloudDirectory]
    private let course: CourseID
    private var directory: CloudDirectory { processes[0] }

    init() throws {
        processes = [table, table, table].map { [time] in DirectoryUnderTest.cloud($0, time: time) }
        course = try CourseID("algoritmos")
    }

    /// Calls all at once, by turns of the processes.
    private func race<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (CloudDirectory, Int) async throws -> Value
    ) async -> [Result<Value, any Error>] {
        await withTaskGroup(of: Result<Value, any Error>.self) { group in
            for number in 0..<count {
                group.addTask { [processes] in
                    do {
                        return .success(try await body(processes[number % 3], number))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("Of many who take one name one has it, and nobody is counted twice")
    func oneName() async throws {
        let hash = try AccountsTests.password("p")
        let outcomes = await race(12) { directory, number in
            try await directory.add(
                [
                    Account(
                        user: UserID("ana"), name: "\(number)", standing: .student, password: hash, mustChange: false,
                        createdAt: Timestamp(milliseconds: 1)),
                    Account(
                        user: UserID("u\(number)"), name: "", standing: .student, password: hash, mustChange: false,
                        createdAt: Timestamp(milliseconds: 1)),
                ], .anybody)
        }
        let added = try outcomes.flatMap { try $0.get() }
        #expect(added.count { $0 == UserID("ana") } == 1 && added.count == 13)
        #expect(try await directory.accounts(after: nil, limit: 50).items.count == 13)
        #expect(try await table.item(DirectoryKey.accountHead)?.int("count") == 13)
    }

    @Test("An invitation of three lets three in, however many come at once")
    func oneInvitation() async throws {
        let invitation = Invitation(
            id: "i", course: course, role: .student, usesLeft: 3, madeBy: UserID("rui"), createdAt: time.now,
            expiresAt: time.now + .seconds(60))
        try await directory.add(invitation, codeHash: "h")
        let outcomes = await race(12) { try await $0.accept(codeHash: "h", user: UserID("u\($1)"), name: nil) }
        #expect(try outcomes.compactMap { try $0.get() }.count == 3)
        #expect(try await directory.members(of: course, after: nil, limit: 20).items.count == 3)
        #expect(CourseHead(of: course, try await table.item(DirectoryKey.head(course))).members == 3)
    }

    @Test("The last of several staff stays, when all of them leave at once")
    func lastStaff() async throws {
        let staff = (0..<6).map { UserID("s\($0)") }
        _ = try await directory.enrol(staff.map { Enrolment(user: $0, role: .staff) }, in: course)
        let outcomes = await race(6) { [course] in
            if $1.isMultiple(of: 2) { return try await $0.remove(staff[$1], from: course) }
            return try await !$0.enrol([Enrolment(user: staff[$1], role: .student)], in: course).changed.isEmpty
        }
        let refused = outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        #expect(refused.map { $0 as? MembershipError } == [.lastStaff])
        let members = try await directory.members(of: course, after: nil, limit: 9).items
        #expect(members.count { $0.role == .staff } == 1)
    }

    @Test("A refresh token that two show at once is renewed by one; the other ends the sign-in")
    func oneToken() async throws {
        let end = time.now + SignIn.lifetime
        try await directory.begin(SignIn(id: "s", user: UserID("ana"), tokenHash: "0", expires: end))
        let outcomes = try await race(2) { try await $0.renew("0", with: "n\($1)", until: end) }.map { try $0.get() }
        let ana = UserID("ana")
        #expect(
            outcomes.contains(.renewed(user: ana, session: "s")) && outcomes.contains(.reused(user: ana, session: "s")))
    }

    @Test("No limit of a user or a course is passed by many at once")
    func limits() async throws {
        let (now, end) = (time.now, time.now + .seconds(60))
        let tokens = await race(APIToken.most + 4) { [course] directory, number in
            try await directory.add(
                APIToken(
                    id: "t\(number)", user: UserID("ana"), name: "", course: course, createdAt: now, expiresAt: end),
                digest: "d\(number)")
        }
        #expect(tokens.count { if case .failure(APITokenError.tooMany) = $0 { true } else { false } } == 4)
        #expect(try await directory.tokens(of: UserID("ana")).count == APIToken.most)
    }

    @Test("What is temporary has its time to live, and is gone at its moment before DynamoDB takes it")
    func timesToLive() async throws {
        let (ana, end) = (UserID("ana"), time.now + .seconds(90))
        _ = try await directory.spend(nonce: "n", until: end)
        try await directory.begin(SignIn(id: "s", user: ana, tokenHash: "r", expires: end))
        try await directory.add(
            APIToken(id: "t", user: ana, name: "", course: course, createdAt: time.now, expiresAt: end), digest: "d")
        try await directory.add(
            Invitation(
                id: "i", course: course, role: .student, usesLeft: 3, madeBy: ana, createdAt: time.now, expiresAt: end),
            codeHash: "h")
        // Gates say nothing, and nothing else is without an end.
        let lasting = table.all.filter { $0["ttl"] == nil }
        #expect(Set(lasting.map(\.key)) == [DirectoryKey.tokenGate(ana), DirectoryKey.invitationGate(course)])
        let ends = table.all.compactMap { $0.int64("ttl") }
        #expect(ends.count == 11 && ends.allSatisfy { $0 >= end.seconds && $0 <= end.seconds + 3_600 })
        try await directory.record(AuditEntry(at: time.now, actor: ana, action: "a", course: nil, subject: "s"))
        #expect(table.all.count { $0.int64("ttl") == time.now.seconds + 730 * 86_400 } == 3)
    }

    @Test("Names of all kinds stand beside each other, and beside the chat store's")
    func names() async throws {
        let names = ["ana", "ANA", "ana#ACCOUNT", "#", "A#1", "João ~ 日本", String(repeating: "x", count: 2_000)]
        let people = names.map { Enrolment(user: UserID($0), name: $0, role: .student) }
        #expect(try await directory.enrol(people, in: course).added.count == names.count)
        for name in names {
            try await directory.record(
                AuditEntry(at: time.now, actor: UserID(name), action: "a", course: course, subject: name))
            #expect(try await directory.member(UserID(name), of: course)?.name == name)
            #expect(try await directory.activity(of: UserID(name), most: 9).trail.count == 1)
        }
        #expect(table.all.allSatisfy { $0.key.pk.hasPrefix("DIR#") && $0.key.pk.utf8.count <= 2_048 })
        #expect(table.all.allSatisfy { ($0.text("gpk") ?? "DIR#").hasPrefix("DIR#") })
    }

    @Test("No link is made for a registration that is removed at that moment")
    func removedMeanwhile() async throws {
        let (directory, table, ana) = (directory, table, UserID("ana"))
        try await directory.add(
            PlatformRegistration(
                id: "p", name: "", issuer: "i", clientID: "c", deploymentID: "d", authorizationURL: "u",
                keys: .set("{}"), origins: [], courses: [], createdAt: time.now))
        let late = DirectoryUnderTest.cloud(
            LateTable(table: table) { _ = try await directory.removeRegistration("p") }, time: time)
        await #expect(throws: CloudDirectoryError.unknownRegistration) {
            try await late.connect("x", of: "p", to: course, by: ana)
        }
        #expect(table.all.map(\.key) == [DirectoryKey.platformGate])
    }
}

/// A table before whose first commit something else happens.
private final class LateTable: ItemTable {
    private let table: MemoryTable
    private let event: Locked<(@Sendable () async throws -> Void)?>

    init(table: MemoryTable, event: @escaping @Sendable () async throws -> Void) {
        self.table = table
        self.event = Locked(event)
    }

    func items(_ keys: [ItemKey]) async throws -> [ItemKey: Item] { try await table.items(keys) }
    func page(_ query: ItemQuery) async throws -> ItemPage { try await table.page(query) }

    func commit(_ writes: [ItemWrite], token: String) async throws {
        let first = event.withLock { event in
            defer { event = nil }
            return event
        }
        try await first?()
        try await table.commit(writes, token: token)
    }
}

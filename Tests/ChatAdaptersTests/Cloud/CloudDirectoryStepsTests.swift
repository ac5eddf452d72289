import AWS
import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What does not fit into one transaction, and what the network may do to each.
@Suite("Steps of the directory in the cloud", .timeLimit(.minutes(5))) struct CloudDirectoryStepsTests {
    private let time = ManualTime()
    private let table = MemoryTable()
    private let directory: CloudDirectory
    private let course: CourseID

    init() throws {
        directory = DirectoryUnderTest.cloud(table, time: time)
        course = try CourseID("algoritmos")
    }

    private func people(_ count: Int) -> [Enrolment] {
        (0..<count).map { Enrolment(user: UserID("u\($0)"), role: .student) }
    }

    @Test("A large table is enrolled in steps, page by page it is read, and a deletion goes on where it was cut off")
    func largeCourse() async throws {
        let outcome = try await directory.enrol(people(1_200), in: course)
        #expect(outcome.added.count == 1_200)
        #expect(table.largest <= DynamoDB.transactionLimit && table.largest > 80)
        var (seen, cursor): ([UserID], PageCursor?) = ([], nil)
        repeat {
            let page = try await directory.members(of: course, after: cursor, limit: 500)
            seen += page.items.map(\.user)
            cursor = page.next
        } while cursor != nil
        #expect(seen == (0..<1_200).map { UserID("u\($0)") })
        #expect(try await directory.enrol(people(1_300), in: course).unchanged == 1_200)
        // The network goes away in the middle.
        let start = table.commits
        table.befall { number, _ in number < start + 5 ? .normal : .throttled }
        await #expect(throws: AWSError.self) { try await directory.removeAll(from: course) }
        let head = CourseHead(of: course, try await table.item(DirectoryKey.head(course)))
        #expect(head.members == 1_300 - 5 * Enrolling.most)
        table.befall { _, _ in .normal }
        try await directory.removeAll(from: course)
        #expect(table.all.isEmpty)
    }

    @Test("A large table that is not allowed changes nothing; one that is never leaves the course without staff")
    func largeRules() async throws {
        let (rui, eva) = (UserID("rui"), UserID("eva"))
        _ = try await directory.enrol([Enrolment(user: rui, role: .staff)], in: course)
        let table = [Enrolment(user: rui, role: .student)] + people(100)
        await #expect(throws: MembershipError.lastStaff) { try await directory.enrol(table, in: course) }
        #expect(try await directory.members(of: course, after: nil, limit: 9).items.count == 1)
        let outcome = try await directory.enrol(table + [Enrolment(user: eva, role: .staff)], in: course)
        #expect(outcome.changed == [rui] && outcome.added.count == 101)
        #expect(try await directory.role(of: eva, in: course) == .staff)
    }

    @Test("Everything of a person and of a course goes, however it is spread")
    func nothingIsLeft() async throws {
        let (ana, end) = (UserID("ana"), time.now + .seconds(60))
        let hash = try AccountsTests.password("p")
        _ = try await directory.add(
            [Account(user: ana, name: "", standing: .staff, password: hash, mustChange: false, createdAt: time.now)],
            .anybody)
        try await directory.enrol(maker: Enrolment(user: ana, role: .staff), of: course)
        for number in 0..<70 {
            try await directory.record(
                AuditEntry(at: time.now, actor: ana, action: "token.made", course: course, subject: "t\(number)"))
        }
        for number in 0..<APIToken.most {
            try await directory.add(
                APIToken(id: "t\(number)", user: ana, name: "", course: course, createdAt: time.now, expiresAt: end),
                digest: "d\(number)")
            try await directory.begin(SignIn(id: "s\(number)", user: ana, tokenHash: "r\(number)", expires: end))
        }
        _ = try await directory.set(CoursePolicy(), of: course, expecting: nil, by: ana, at: time.now)
        #expect(try await directory.setPassword(hash, mustChange: false, of: ana, keeping: nil))
        try await directory.removeAll(of: ana)
        try await directory.revokeAll(of: ana)
        try await directory.forget(ana, as: "(erased)")
        #expect(try await directory.remove(account: ana))
        let left = table.all.filter { item in
            item.values.contains { $0.string?.contains("ana") == true } || item.key.pk.hasSuffix("ana")
        }
        #expect(left.isEmpty, "\(left.map(\.key))")
        try await directory.removeAll(from: course)
        try await directory.removePolicy(of: course)
        // Entries with their subjects, tokens of nobody, and the count of accounts.
        let kinds = Set(table.all.map { $0.key.pk.split(separator: "#")[1] })
        #expect(kinds == ["ACCOUNTS", "AUDIT", "USER", "REFRESH"], "\(table.all.map(\.key))")
    }

    /// The same calls of a directory that nothing befalls, and of one whose answers get lost, are told the same.
    @Test("Whatever becomes of answers, each change is done once and known to be", arguments: 1...6)
    func lostAnswers(seed: Int) async throws {
        let reference = try DirectoryUnderTest(.sqlite)
        let cloud = DirectoryUnderTest.cloud(table, doubts: 100, time: time)
        let fates = Locked(LinearCongruential(seed: UInt64(seed)))
        table.befall { _, _ in
            fates.withLock { random in
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<10: .unanswered
                case 10..<20: .repeated
                case 20..<25: .throttled
                case 25..<30: .conflict
                default: .normal
                }
            }
        }
        let platform = PlatformRegistration(
            id: "p", name: "", issuer: "i", clientID: "c", deploymentID: "d", authorizationURL: "u", keys: .set("{}"),
            origins: [], courses: try DirectoryCalls.courses.map { try CourseID($0) }, createdAt: time.now)
        try await reference.directory.add(platform)
        try await cloud.add(platform)
        var random = LinearCongruential(seed: UInt64(seed + 100))
        let (history, other) = (DirectoryCalls(), DirectoryCalls())
        for number in 0..<300 {
            let call = DirectoryCalls.Call(number: number, &random)
            let (expected, told) = (
                await history.make(call, to: reference.directory, at: time.now),
                await other.make(call, to: cloud, at: time.now)
            )
            try #require(expected == told, "call \(number): \(call)")
            for clock in [time, reference.time] { clock.advance(by: .milliseconds(1)) }
        }
        for course in DirectoryCalls.courses {
            let id = try CourseID(course)
            let expected = try await reference.directory.members(of: id, after: nil, limit: 50).items
            #expect(try await cloud.members(of: id, after: nil, limit: 50).items == expected)
            let head = CourseHead(of: id, try await table.item(DirectoryKey.head(id)))
            #expect(head.members == expected.count && head.staff == expected.count { $0.role == .staff })
        }
        let accounts = try await reference.directory.accounts(after: nil, limit: 50).items
        #expect(try await cloud.accounts(after: nil, limit: 50).items == accounts)
        #expect(AccountHead(try await table.item(DirectoryKey.accountHead)).count == accounts.count)
    }
}

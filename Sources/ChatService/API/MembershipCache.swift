import Support

/// Memberships as they were read a moment ago, so that a question costs no look into the directory.
///
/// What this process changes is seen at once; what another one does (`gepeto courses`), when `lifetime` is over. Only
/// that somebody is a member is remembered, never that they are not: whoever is added is in at once.
package final class MembershipCache: Memberships {
    static let lifetime = Duration.seconds(10)
    static let most = 20_000

    private struct Key: Hashable {
        let user: UserID
        let course: CourseID
    }

    private let source: any Memberships
    private let roles: RecentReads<Key, CourseRole>

    package init(_ source: any Memberships, time: any TimeSource = SystemTime()) {
        self.source = source
        roles = RecentReads(lifetime: Self.lifetime, most: Self.most, time: time)
    }

    package func role(of user: UserID, in course: CourseID) async throws -> CourseRole? {
        try await roles.value(Key(user: user, course: course)) { try await source.role(of: user, in: course) }
    }

    package func courses(of user: UserID) async throws -> [CourseID: CourseRole] { try await source.courses(of: user) }

    package func member(_ user: UserID, of course: CourseID) async throws -> Member? {
        try await source.member(user, of: course)
    }

    package func members(of course: CourseID, after cursor: PageCursor?, limit: Int) async throws -> Page<Member> {
        try await source.members(of: course, after: cursor, limit: limit)
    }

    package func maker(of course: CourseID) async throws -> UserID? { try await source.maker(of: course) }

    package func enrol(_ members: [Enrolment], in course: CourseID) async throws -> EnrolmentOutcome {
        try await changing { try await $0.enrol(members, in: course) }
    }

    package func enrol(maker: Enrolment, of course: CourseID) async throws {
        try await changing { try await $0.enrol(maker: maker, of: course) }
    }

    package func remove(_ user: UserID, from course: CourseID) async throws -> Bool {
        try await changing { try await $0.remove(user, from: course) }
    }

    package func removeAll(from course: CourseID) async throws {
        try await changing { try await $0.removeAll(from: course) }
    }

    package func removeAll(of user: UserID) async throws { try await changing { try await $0.removeAll(of: user) } }

    /// Changes are few: all is read again after one.
    private func changing<Value>(_ change: (any Memberships) async throws -> Value) async throws -> Value {
        try await roles.changing { try await change(source) }
    }
}

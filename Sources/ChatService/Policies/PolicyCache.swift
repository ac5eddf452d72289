import Support

/// Policies as they were read a moment ago, so that a question costs no look into the directory.
///
/// What this process changes holds from the next question on; what another one changes, when `lifetime` is over.
package final class PolicyCache: Policies {
    static let lifetime = Duration.seconds(1)
    static let most = 1_000

    private let source: any Policies
    private let policies: RecentReads<CourseID, StoredPolicy>

    package init(_ source: any Policies, time: any TimeSource = SystemTime()) {
        self.source = source
        policies = RecentReads(lifetime: Self.lifetime, most: Self.most, time: time)
    }

    package func policy(of course: CourseID) async throws -> StoredPolicy {
        try await policies.value(course) { try await source.policy(of: course) } ?? .none
    }

    package func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy? {
        try await policies.changing {
            try await source.set(policy, of: course, expecting: version, by: user, at: moment)
        }
    }

    package func removePolicy(of course: CourseID) async throws {
        try await policies.changing { try await source.removePolicy(of: course) }
    }
}

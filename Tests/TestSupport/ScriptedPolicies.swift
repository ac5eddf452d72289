import ChatService
import Support

/// Policies in memory; they may be made to fail.
package final class ScriptedPolicies: Policies {
    private struct State {
        var policies: [CourseID: StoredPolicy] = [:]
        var error: (any Error)?
    }

    private let state = Locked(State())

    package init() {}

    /// Sets the policy of a course as its staff would.
    package func change(_ course: String = "algoritmos", _ body: (inout CoursePolicy) -> Void) throws {
        let course = try CourseID(course)
        state.withLock { state in
            let former = state.policies[course] ?? .none
            var policy = former.policy
            body(&policy)
            state.policies[course] = StoredPolicy(
                policy, version: former.version + 1, changedBy: .local, changedAt: Timestamp(milliseconds: 0))
        }
    }

    package func fail(with error: (any Error)?) { state.withLock { $0.error = error } }

    package func policy(of course: CourseID) async throws -> StoredPolicy {
        try state.withLock { state in
            if let error = state.error { throw error }
            return state.policies[course] ?? .none
        }
    }

    package func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy? {
        state.withLock { state in
            let former = state.policies[course]?.version ?? 0
            guard version == nil || version == former else { return nil }
            let stored = StoredPolicy(policy, version: former + 1, changedBy: user, changedAt: moment)
            state.policies[course] = stored
            return stored
        }
    }

    package func removePolicy(of course: CourseID) async throws { state.withLock { $0.policies[course] = nil } }
}

import Support

/// Makes what is said of a document, and what its course says of new ones, a rule of the course: before the document is
/// in, so that there is no moment in which it could be seen.
package struct DocumentRules: Sendable {
    /// How often a rule is set anew that somebody else was quicker to change: more than uploads can be under way.
    private static let mostTries = 4 * DocumentDesk.mostUploads

    private let policies: any Policies
    private let time: any TimeSource

    package init(_ policies: any Policies, time: any TimeSource = SystemTime()) {
        self.policies = policies
        self.time = time
    }

    /// What the course says of a new document of that id, of which nothing else is said.
    /// - Throws: `DocumentRuleError`; what the store throws.
    package func keepNew(_ document: String, of course: CourseID, by user: UserID) async throws {
        _ = try await keep(UploadRule(), for: document, of: course, by: user) { true }
    }

    /// - Parameter isNew: whether the course does not have the document.
    /// - Returns: the policy with the new rule; nil where nothing had to change.
    /// - Throws: `DocumentRuleError`; what the store throws.
    func keep(
        _ said: UploadRule, for document: String, of course: CourseID, by user: UserID,
        isNew: @Sendable () async throws -> Bool
    ) async throws -> StoredPolicy? {
        for _ in 0..<Self.mostTries {
            let stored = try await policies.policy(of: course)
            let former = stored.policy.documents[document]
            guard let rule = said.rule(former, isNew: try await isNew(), in: stored.policy) else { return nil }
            var policy = stored.policy
            policy.documents[document] = rule
            guard policy.documents.count <= CoursePolicy.Bounds.documents else { throw DocumentRuleError.tooMany }
            // Others may be loading documents too, each with a rule.
            if let set = try await policies.set(
                policy, of: course, expecting: stored.version, by: user, at: time.now)
            {
                return set
            }
        }
        throw DocumentRuleError.contention
    }
}

/// Why a document was not taken for the sake of its rule.
package enum DocumentRuleError: String, ExplainedError {
    case tooMany = "too_many_rules"
    case contention = "rules_contention"

    package var label: String { rawValue }

    package var description: String {
        switch self {
        case .tooMany:
            "The course has rules for \(CoursePolicy.Bounds.documents) documents already, so this one was not taken; "
                + "take rules out that nobody needs."
        case .contention: "Others are changing the rules of this course; nothing was stored, send the file again."
        }
    }
}

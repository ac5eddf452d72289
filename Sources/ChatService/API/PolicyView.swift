import Support

/// A policy as staff see it, and send it back.
struct PolicyView: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case version, hintsPerDay, questionsPerDay, dailyCostUsd, monthlyCostUsd, unsupported, newDocuments
    }

    private let stored: StoredPolicy

    init(_ stored: StoredPolicy) { self.stored = stored }

    /// The policy's fields stand beside the version; what has no limit is said as null.
    func encode(to encoder: any Encoder) throws {
        let policy = stored.policy
        try policy.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(stored.version, forKey: .version)
        try container.encode(policy.hintsPerDay, forKey: .hintsPerDay)
        try container.encode(policy.questionsPerDay, forKey: .questionsPerDay)
        try container.encode(policy.dailyCostUsd, forKey: .dailyCostUsd)
        try container.encode(policy.monthlyCostUsd, forKey: .monthlyCostUsd)
        try container.encode(policy.unsupported, forKey: .unsupported)
        try container.encode(policy.newDocuments ?? .visible, forKey: .newDocuments)
    }
}

/// What a student is told of the rules: nothing of documents, nor of what the course may cost.
struct StudentPolicyView: Encodable, Sendable {
    struct AssignmentView: Encodable, Sendable {
        let id: String
        let title: String
        let hintBudget: Int?
    }

    let language: CoursePolicy.Language
    let modes: [AnswerMode]
    /// Those that are not over.
    let locks: [CoursePolicy.Lock]
    let assignments: [AssignmentView]
    let hintsPerDay: Int?
    let questionsPerDay: Int?

    init(_ policy: CoursePolicy, at moment: Timestamp) {
        language = policy.language
        modes = policy.modes
        locks = policy.locks.filter { $0.until > moment.seconds }
        assignments = policy.assignments.map { AssignmentView(id: $0.id, title: $0.title, hintBudget: $0.hintBudget) }
        hintsPerDay = policy.hintsPerDay
        questionsPerDay = policy.questionsPerDay
    }
}

import Support

/// Where the rules of courses are asked: who may ask, what they may see, and what is left of their budgets.
///
/// The rules are asked for every question and every look at a text, so that what staff change holds from the next one on
/// (`PolicyCache`: in other processes within a second). When they cannot be read nothing is let through.
package struct PolicyGate: Sendable {
    package let policies: any Policies
    private let usage: any UsageRecord
    private let costs: CourseCosts
    private let time: any TimeSource

    package init(policies: any Policies, usage: any UsageRecord, time: any TimeSource) {
        self.policies = policies
        self.usage = usage
        costs = CourseCosts(usage)
        self.time = time
    }

    /// Under which rules a question may be accepted.
    /// - Parameter text: the question, for the language of a denial.
    /// - Throws: `PolicyDenied`.
    package func admit(
        _ text: String, mode: AnswerMode, assignment: String?, course: CourseID, isStaff: Bool
    ) async throws -> Admission {
        let policy = try await policies.policy(of: course).policy
        if isStaff {
            // Staff try things out: only what costs money holds for them too, and that is seen where the money is spent.
            return Admission(isStaff: true, assignment: assignment)
        }
        let now = time.now
        if let denial = policy.denial(mode: mode, assignment: assignment, at: now) {
            throw PolicyDenied(denial, in: Self.language(of: policy, text))
        }
        if policy.whenCostReached == .deny, let denial = try await costDenial(policy, course, now) {
            throw PolicyDenied(denial, in: Self.language(of: policy, text))
        }
        let limits = policy.limits(mode: mode, assignment: assignment, at: now)
        guard !limits.isEmpty else { return Admission(assignment: assignment) }
        return Admission(assignment: assignment, limits: limits, language: Self.language(of: policy, text))
    }

    /// What somebody may see of a course just now.
    /// - Parameter language: `pt` or `en`, of what they are told where the course has none.
    package func view(of course: CourseID, isStaff: Bool, language: String = "en") async throws -> CourseView {
        let policy = try await policies.policy(of: course).policy
        return CourseView(policy, at: time.now, isStaff: isStaff, language: language)
    }

    /// Why no language model may be paid for just now; nil where it may.
    func costDenial(_ policy: CoursePolicy, _ course: CourseID, _ now: Timestamp) async throws -> PolicyDenial? {
        guard policy.hasCostCap else { return nil }
        let costs = try await costs.costs(of: course, at: now)
        return policy.costDenial(day: costs.day, month: costs.month)
    }

    /// What is left of a student's budgets.
    package func budget(of user: UserID, in course: CourseID) async throws -> Budget {
        let policy = try await policies.policy(of: course).policy
        let now = time.now
        let yesterday = now + (.zero - CoursePolicy.day)
        let assignments = policy.assignments.filter { $0.hintBudget != nil }
        let counts = try await usage.counts(
            of: user, in: course,
            [UsageFilter(since: yesterday), UsageFilter(mode: .hint, since: yesterday)]
                + assignments.map { UsageFilter(mode: .hint, assignment: $0.id) })
        let hintsOfDay = policy.hintsPerDay.map { max(0, $0 - counts[1]) }
        var left: [String: Int] = [:]
        for (assignment, count) in zip(assignments, counts.dropFirst(2)) {
            left[assignment.id] = min(max(0, (assignment.hintBudget ?? 0) - count), hintsOfDay ?? .max)
        }
        return Budget(
            hintsLeft: left, hintsLeftToday: hintsOfDay,
            questionsLeft: policy.questionsPerDay.map { max(0, $0 - counts[0]) })
    }

    /// What a student has left; nil for no limit.
    package struct Budget: Encodable, Sendable, Equatable {
        /// By assignment.
        package let hintsLeft: [String: Int]
        package let hintsLeftToday: Int?
        package let questionsLeft: Int?

        private enum CodingKeys: String, CodingKey { case hintsLeft, hintsLeftToday, questionsLeft }

        /// No limit is said as null.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(hintsLeft, forKey: .hintsLeft)
            try container.encode(hintsLeftToday, forKey: .hintsLeftToday)
            try container.encode(questionsLeft, forKey: .questionsLeft)
        }
    }

    /// Of a denial: the course's, else that of the question.
    static func language(of policy: CoursePolicy, _ text: String) -> String {
        policy.language == .auto ? LanguageGuess.of(text) ?? "en" : policy.language.rawValue
    }
}

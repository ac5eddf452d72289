import Support

/// Keeps the rules of the course round an answerer: asked again when the question's turn has come, for a lock may have
/// begun, and another answer may have used up what the course may cost.
package struct GovernedAnswering: Answering {
    private let inner: any Answering
    private let gate: PolicyGate
    private let time: any TimeSource
    private let log: Log

    package init(_ inner: any Answering, gate: PolicyGate, time: any TimeSource, log: Log) {
        self.inner = inner
        self.gate = gate
        self.time = time
        self.log = log
    }

    package func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        try await inner.answer(try await governed(question), report: report)
    }

    /// The question with what the rules say of it.
    /// - Throws: `AnsweringError`: `policy_denied`, or `internal`, to be tried again, when the rules cannot be read.
    private func governed(_ question: Question) async throws -> Question {
        do {
            let policy = try await gate.policies.policy(of: question.course).policy
            let (now, asker) = (time.now, question.asker)
            if !asker.isStaff,
                let denial = policy.denial(mode: question.mode, assignment: asker.assignment, at: now)
            {
                throw PolicyDenied(denial, in: PolicyGate.language(of: policy, question.text))
            }
            var governed = question
            let view = CourseView(policy, at: now, isStaff: asker.isStaff)
            governed.history = view.shown(question.history)
            governed.rules.hidden = view.hidden
            if let assignment = asker.assignment, question.mode == .hint, !asker.isStaff {
                governed.rules.hidden.formUnion(policy.foreign(to: assignment))
            }
            governed.rules.guarded = asker.isStaff ? [] : policy.guarded
            governed.rules.language = policy.language == .auto ? nil : policy.language.rawValue
            governed.rules.unsupported = policy.unsupported
            if let denial = try await gate.costDenial(policy, question.course, now) {
                let language = PolicyGate.language(of: policy, question.text)
                guard policy.whenCostReached == .extractive else { throw PolicyDenied(denial, in: language) }
                governed.rules.isQuotingOnly = true
            }
            return governed
        } catch let error as PolicyDenied {
            var denied = AnsweringError(.policyDenied, error.description, cause: error.denial.reason)
            denied.denial = DenialFacts(error.denial)
            throw denied
        } catch let error as CancellationError {
            throw error
        } catch {
            log.error("the rules of a course cannot be read", ["course": question.course.name, "error": error.label])
            throw AnsweringError(
                .internalError, JobErrorCode.internalError.message, isRetryable: true, cause: error.label)
        }
    }
}

import Support

extension CoursePolicy {
    /// The spans of the limits `per day` and `monthly`: they slide, so that no midnight doubles what one may do.
    package static let day = Duration.seconds(24 * 3600)
    package static let month = Duration.seconds(30 * 24 * 3600)

    /// The documents of which nothing may reach a student at that moment: not yet released, or never to be quoted.
    package func hidden(at moment: Timestamp) -> Set<String> {
        Set(documents.filter { !$0.value.isReleased(at: moment) || !$0.value.quotable }.keys)
    }

    /// The documents whose words may stand in nothing that guides a student, wherever they come from.
    package var guarded: Set<String> { Set(documents.filter { !$0.value.quotable }.keys) }

    /// The lock that holds at that moment.
    package func lock(at moment: Timestamp) -> Lock? {
        locks.first { $0.from <= moment.seconds && moment.seconds < $0.until }
    }

    package func assignment(_ id: String) -> Assignment? { assignments.first { $0.id == id } }

    /// The documents that a hint for `assignment` leaves out: those of all others.
    package func foreign(to assignment: String) -> Set<String> {
        let own = Set(self.assignment(assignment)?.documents ?? [])
        return Set(assignments.filter { $0.id != assignment }.flatMap(\.documents)).subtracting(own)
    }

    /// Whether hints for an assignment come out of its own budget: those for the others leave its documents out, where it
    /// has any.
    package func canKeepBudget(of assignment: Assignment) -> Bool {
        guard assignment.hintBudget != nil else { return true }
        let others = assignments.filter { $0.id != assignment.id }
        return others.isEmpty || !Set(assignment.documents).isSubset(of: others.flatMap(\.documents))
    }

    /// Why a student's question cannot be accepted, as far as the policy and the time alone tell.
    /// - Parameter assignment: the one that the question names.
    package func denial(mode: AnswerMode, assignment: String?, at moment: Timestamp) -> PolicyDenial? {
        if let lock = lock(at: moment) { return .locked(until: lock.until, message: lock.message) }
        if !modes.contains(mode) { return .mode(mode, allowed: modes) }
        if let assignment, self.assignment(assignment) == nil { return .unknownAssignment }
        // Without this a hint that names no assignment would come out of nobody's budget.
        if mode == .hint, assignment == nil, assignments.contains(where: { $0.hintBudget != nil }) {
            return .assignmentNeeded(assignments.map(\.title))
        }
        return nil
    }

    /// What a student's question is counted against, in the transaction that accepts it.
    package func limits(mode: AnswerMode, assignment: String?, at moment: Timestamp) -> [UsageLimit] {
        var limits: [UsageLimit] = []
        let yesterday = moment + (.zero - Self.day)
        if let most = questionsPerDay {
            limits.append(UsageLimit(UsageFilter(since: yesterday), most: most, denial: .questionsSpent(most)))
        }
        guard mode == .hint else { return limits }
        if let most = hintsPerDay {
            limits.append(
                UsageLimit(UsageFilter(mode: .hint, since: yesterday), most: most, denial: .hintsOfDaySpent(most)))
        }
        if let assignment = assignment.flatMap(self.assignment), let most = assignment.hintBudget {
            limits.append(
                UsageLimit(
                    UsageFilter(mode: .hint, assignment: assignment.id), most: most,
                    denial: .hintsSpent(most, assignment.title)))
        }
        return limits
    }

    /// Why no language model may be paid for any more.
    /// - Parameters: what the course has cost in the last day and month.
    package func costDenial(day: Double, month: Double) -> PolicyDenial? {
        if let cap = monthlyCostUsd, month >= cap { return .costReached(isMonth: true) }
        if let cap = dailyCostUsd, day >= cap { return .costReached(isMonth: false) }
        return nil
    }

    /// Whether what the course has cost has to be looked up.
    package var hasCostCap: Bool { dailyCostUsd != nil || monthlyCostUsd != nil }
}

extension CoursePolicy.DocumentRule {
    package func isReleased(at moment: Timestamp) -> Bool { availableFrom.map { $0 <= moment.seconds } ?? true }
}

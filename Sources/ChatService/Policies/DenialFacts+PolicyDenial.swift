extension DenialFacts {
    package init(_ denial: PolicyDenial) {
        cause = denial.reason
        switch denial {
        case .locked(let until, let message): (self.until, self.message) = (until, message)
        case .mode(let mode, let allowed): (self.mode, modes) = (mode, allowed)
        case .unknownAssignment: break
        case .assignmentNeeded(let titles): assignments = Array(titles.prefix(PolicyDenial.mostTitles))
        case .questionsSpent(let most), .hintsOfDaySpent(let most): (limit, span) = (most, .day)
        case .hintsSpent(let most, let title): (limit, assignment) = (most, title)
        case .costReached(let isMonth): span = isMonth ? .month : .day
        }
    }
}

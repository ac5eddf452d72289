import Support

extension DayFigures {
    private func count(_ outcomes: QuestionOutcome...) -> Int { outcomes.reduce(0) { $0 + (self.outcomes[$1] ?? 0) } }

    /// All that count for the answer rate (`AnswerTally`): without greetings, and those that were taken back at once.
    package var questions: Int { outcomes.values.reduce(0, +) }
    package var answered: Int { count(.answered) }
    package var ungrounded: Int { count(.ungrounded) }
    package var refused: Int { count(.refused) }
    package var degraded: Int { count(.degraded) }
    package var withdrawn: Int { count(.withdrawn) }
    package var failed: Int { failures.values.reduce(0, +) }

    /// By the code of the error.
    package var failures: [JobErrorCode: Int] {
        var failures: [JobErrorCode: Int] = [:]
        for (outcome, count) in outcomes {
            if case .failed(let code) = outcome { failures[code, default: 0] += count }
        }
        return failures
    }

    /// The share that was answered from the course, whole and grounded, from 0 to 1; nil without questions.
    package var answerRate: Double? { questions == 0 ? nil : Double(answered) / Double(questions) }

    package mutating func add(_ other: DayFigures) {
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        times.add(other.times)
        costUSD += other.costUSD
        up += other.up
        down += other.down
    }

    /// All of some days together, as if they were the first of them.
    package static func total(of days: some Sequence<DayFigures>, from day: Int) -> DayFigures {
        var total = DayFigures(day: day)
        for day in days { total.add(day) }
        return total
    }
}

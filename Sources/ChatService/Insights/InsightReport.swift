import Support

/// What is told of a course's questions, by the API and by the command line.
package struct InsightReport: Sendable {
    /// The most days of one report.
    package static let mostDays = 366

    package let course: CourseID
    /// Days since 1 January 1970.
    package let span: ClosedRange<Int>
    /// When it was made.
    package let at: Timestamp
    /// Those on which there was anything.
    package let days: [DayFigures]
    package private(set) var topics: [Topic]

    package var total: DayFigures { .total(of: days, from: span.lowerBound) }

    package static func make(
        of course: CourseID, span: ClosedRange<Int>, reader: UserID?, insights: any Insights, board: TopicBoard,
        at now: Timestamp
    ) async throws -> InsightReport {
        let window = Timestamp(day: span.lowerBound)..<Timestamp(day: span.upperBound + 1)
        return InsightReport(
            course: course, span: span, at: now, days: try await insights.days(span, of: course),
            topics: try await board.topics(of: course, in: window, reader: reader))
    }

    /// Forgets the answers whose document was taken out of the course.
    package mutating func keepAnswers(where isThere: (TopicAnswer) async throws -> Bool) async throws {
        for index in topics.indices {
            guard let answer = topics[index].answer, try await !isThere(answer) else { continue }
            topics[index].answer = nil
        }
    }
}

/// The report as clients see it; times in seconds since 1970, shares from 0 to 1.
package struct InsightReportView: Encodable, Sendable {
    struct Ratings: Encodable, Sendable {
        let up: Int
        let down: Int
    }

    struct Day: Encodable, Sendable {
        /// `2026-11-21`, by UTC.
        let day: String
        let questions: Int
        let answered: Int
        let refused: Int
        let ungrounded: Int
        let degraded: Int
        let failed: Int
        let withdrawn: Int
        let medianSeconds: Double?
        let p95Seconds: Double?
        let costUsd: Double
        let up: Int
        let down: Int

        init(_ figures: DayFigures) {
            day = figures.day.date
            questions = figures.questions
            answered = figures.answered
            refused = figures.refused
            ungrounded = figures.ungrounded
            degraded = figures.degraded
            failed = figures.failed
            withdrawn = figures.withdrawn
            medianSeconds = figures.times.seconds(at: 0.5)
            p95Seconds = figures.times.seconds(at: 0.95)
            costUsd = figures.costUSD
            up = figures.up
            down = figures.down
        }
    }

    struct TopicItem: Encodable, Sendable {
        let id: String
        let name: String
        let words: [String]
        let questions: Int
        let students: Int
        let refused: Int
        let badlyRated: Int
        let lastAskedAt: Int64
        let examples: [String]
        let comments: [String]
        /// A document's id; null while nobody answered.
        let answeredBy: String?
        let askedSinceAnswer: Int

        private enum CodingKeys: CodingKey {
            case id, name, words, questions, students, refused, badlyRated, lastAskedAt, examples, comments, answeredBy
            case askedSinceAnswer
        }

        init(_ topic: Topic) {
            id = topic.id
            name = topic.name
            words = topic.words
            questions = topic.questions
            students = topic.students
            refused = topic.refused
            badlyRated = topic.badlyRated
            lastAskedAt = topic.lastAskedAt.seconds
            examples = topic.examples
            comments = topic.comments
            answeredBy = topic.answer?.documentID
            askedSinceAnswer = topic.askedSinceAnswer
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(name, forKey: .name)
            try container.encode(words, forKey: .words)
            try container.encode(questions, forKey: .questions)
            try container.encode(students, forKey: .students)
            try container.encode(refused, forKey: .refused)
            try container.encode(badlyRated, forKey: .badlyRated)
            try container.encode(lastAskedAt, forKey: .lastAskedAt)
            try container.encode(examples, forKey: .examples)
            try container.encode(comments, forKey: .comments)
            // null is told, not left out: whoever reads it looks for it.
            try container.encode(answeredBy, forKey: .answeredBy)
            try container.encode(askedSinceAnswer, forKey: .askedSinceAnswer)
        }
    }

    let course: CourseID
    let from: Int64
    /// When the report was made, or the end of its last day when that has passed.
    let until: Int64
    let questions: Int
    let answered: Int
    let refused: Int
    let ungrounded: Int
    let degraded: Int
    let withdrawn: Int
    let failed: Int
    /// By the error's code.
    let failures: [String: Int]
    /// Absent without questions.
    let answerRate: Double?
    let medianSeconds: Double?
    let p95Seconds: Double?
    let costUsd: Double
    let ratings: Ratings
    let days: [Day]
    let topics: [TopicItem]

    package init(_ report: InsightReport) {
        let total = report.total
        course = report.course
        from = Timestamp(day: report.span.lowerBound).seconds
        until = min(report.at, Timestamp(day: report.span.upperBound + 1)).seconds
        questions = total.questions
        answered = total.answered
        refused = total.refused
        ungrounded = total.ungrounded
        degraded = total.degraded
        withdrawn = total.withdrawn
        failed = total.failed
        failures = Dictionary(uniqueKeysWithValues: total.failures.map { ($0.key.rawValue, $0.value) })
        answerRate = total.answerRate
        medianSeconds = total.times.seconds(at: 0.5)
        p95Seconds = total.times.seconds(at: 0.95)
        costUsd = total.costUSD
        ratings = Ratings(up: total.up, down: total.down)
        days = report.days.map(Day.init)
        topics = report.topics.map(TopicItem.init)
    }
}

import ChatService
import SQLite
import Support

/// What insights are made of: `course_day`, `gap` and `topic_answer`, within one transaction.
enum InsightTable {
    /// Counts a question that was answered; one that was refused is a gap.
    static func count(
        _ answer: Answer, id: String, to question: AskedQuestion, of job: Job, at now: Timestamp,
        _ connection: Connection
    ) throws {
        guard let outcome = QuestionOutcome(answer) else { return }
        try count(
            outcome, course: job.course.name, acceptedAt: job.acceptedAt, cost: answer.metadata.costUsd ?? 0, at: now,
            connection)
        guard outcome == .refused else { return }
        try connection.run(
            "INSERT OR IGNORE INTO gap (reply_id, question_id, course, asked_at, refused) VALUES (?, ?, ?, ?, 1)",
            [SQLValue(id), SQLValue(question.messageID), SQLValue(job.course.name), SQLValue(job.acceptedAt)])
    }

    /// Counts a question that ended without an answer, with what it is known to have cost (`UsageTable`).
    static func count(_ code: JobErrorCode, job id: String, at now: Timestamp, _ connection: Connection) throws {
        let job = try connection.row(
            "SELECT job.course, accepted_at, coalesce(cost, 0) FROM job LEFT JOIN usage ON job_id = id WHERE id = ?",
            [SQLValue(id)]
        ) { (course: $0.text(0), acceptedAt: $0.timestamp(1), cost: $0.double(2)) }
        guard let job, let outcome = QuestionOutcome(code, after: now - job.acceptedAt) else { return }
        try count(outcome, course: job.course, acceptedAt: job.acceptedAt, cost: job.cost, at: now, connection)
    }

    private static func count(
        _ outcome: QuestionOutcome, course: String, acceptedAt: Timestamp, cost: Double, at now: Timestamp,
        _ connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO course_day VALUES (?, ?, ?, ?, 1, ?)
            ON CONFLICT DO UPDATE SET questions = questions + 1, cost = cost + excluded.cost
            """,
            [
                SQLValue(course), SQLValue(acceptedAt.day), SQLValue(outcome.name),
                SQLValue(AnswerTimes.slot(of: (now - acceptedAt).milliseconds)), SQLValue(cost),
            ])
    }

    static func days(_ days: ClosedRange<Int>, of course: CourseID, _ connection: Connection) throws -> [DayFigures] {
        var found: [Int: DayFigures] = [:]
        try connection.forEach(
            """
            SELECT day, outcome, slot, questions, cost FROM course_day WHERE course = ? AND day BETWEEN ? AND ?
            """, [SQLValue(course.name), SQLValue(days.lowerBound), SQLValue(days.upperBound)]
        ) { row in
            let day = row.int(0)
            let (outcome, questions) = (QuestionOutcome(name: row.text(1)), row.int(3))
            found[day, default: DayFigures(day: day)].outcomes[outcome, default: 0] += questions
            found[day]?.costUSD += row.double(4)
            if outcome.hasAnswer { found[day]?.times.add(slot: row.int64(2), count: questions) }
            return true
        }
        try connection.forEach(
            """
            SELECT asked_at / 86400000, total(rating = 1), total(rating = -1) FROM feedback
            WHERE course = ? AND asked_at >= ? AND asked_at < ? GROUP BY 1
            """,
            [
                SQLValue(course.name), SQLValue(Timestamp(day: days.lowerBound)),
                SQLValue(Timestamp(day: days.upperBound + 1)),
            ]
        ) { row in
            let day = row.int(0)
            found[day, default: DayFigures(day: day)].up += row.int(1)
            found[day]?.down += row.int(2)
            return true
        }
        return found.values.sorted { $0.day < $1.day }
    }

    static func gaps(
        in course: CourseID, since start: Timestamp, limit: Int, reader: UserID?, _ connection: Connection
    ) throws -> [Gap] {
        var students: [String: Int] = [:]
        return try connection.rows(
            """
            SELECT gap.reply_id, question.content, gap.asked_at, gap.refused, coalesce(rating, 0) = -1, gap.topic,
                conversation.user, comment, coalesce(usage.as_staff, 0)
            FROM (SELECT * FROM gap WHERE course = ? AND asked_at >= ? ORDER BY asked_at DESC, reply_id DESC LIMIT ?) AS gap
            JOIN message AS question ON question.id = gap.question_id
            JOIN conversation ON conversation.id = question.conversation_id
            LEFT JOIN feedback ON feedback.message_id = gap.reply_id
            LEFT JOIN usage ON usage.job_id = question.job_id
            ORDER BY gap.asked_at, gap.reply_id
            """, [SQLValue(course.name), SQLValue(start), SQLValue(limit)]
        ) { row in
            let user = row.text(6)
            let student = students[user] ?? students.count
            students[user] = student
            return Gap(
                id: row.text(0), question: row.text(1), askedAt: row.timestamp(2), student: student,
                isReaders: user == reader?.name, isStaffs: row.int(8) == 1, wasRefused: row.int(3) == 1,
                isBadlyRated: row.int(4) == 1, comment: row.optionalText(7), topic: row.optionalText(5))
        }
    }

    static func setTopics(_ topics: [String: String], in course: CourseID, _ connection: Connection) throws {
        for (gap, topic) in topics {
            try connection.run(
                "UPDATE gap SET topic = ? WHERE reply_id = ? AND course = ?",
                [SQLValue(topic), SQLValue(gap), SQLValue(course.name)])
        }
    }

    static func topicAnswers(in course: CourseID, _ connection: Connection) throws -> [String: TopicAnswer] {
        let found = try connection.rows(
            "SELECT topic, document_id, name, answered_at FROM topic_answer WHERE course = ?", [SQLValue(course.name)]
        ) { ($0.text(0), TopicAnswer(documentID: $0.text(1), name: $0.text(2), at: $0.timestamp(3))) }
        return Dictionary(found, uniquingKeysWith: { first, _ in first })
    }

    static func setAnswer(
        _ answer: TopicAnswer, toTopic id: String, in course: CourseID, _ connection: Connection
    ) throws {
        try connection.run(
            "INSERT OR REPLACE INTO topic_answer VALUES (?, ?, ?, ?, ?)",
            [
                SQLValue(id), SQLValue(course.name), SQLValue(answer.documentID), SQLValue(answer.name),
                SQLValue(answer.at),
            ])
    }

    /// Ratings go too: they stand by the course, and would be counted with those of the next one of its name.
    static func removeAll(of course: CourseID, _ connection: Connection) throws {
        for table in ["course_day", "gap", "topic_answer", "feedback"] {
            try connection.run("DELETE FROM \(table) WHERE course = ?", [SQLValue(course.name)])
        }
    }
}

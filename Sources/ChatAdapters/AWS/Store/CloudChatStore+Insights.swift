import AWS
import ChatService
import Support

extension CloudChatStore: Insights {
    /// Counters of a course that one call reads: a year has 365 days of some hundred.
    private static let mostCounters = 200_000

    package func days(_ days: ClosedRange<Int>, of course: CourseID) async throws -> [DayFigures] {
        let query = ItemQuery(
            ChatKey.days(course.name),
            .between(ChatKey.padded(Int64(days.lowerBound)), ChatKey.padded(Int64(days.upperBound)) + "#~~"))
        var found: [Int: DayFigures] = [:]
        for item in try await table.first(Self.mostCounters, query) {
            let parts = item.text("sk")?.split(separator: "#") ?? []
            guard parts.count >= 2, let day = Int(parts[0]) else { continue }
            var figures = found[day] ?? DayFigures(day: day)
            if parts.count == 2 {
                figures.up += item.int("up") ?? 0
                figures.down += item.int("down") ?? 0
                // A day on which nothing is left is none.
            } else if let slot = Int64(parts[2]), let questions = item.int("questions") {
                let outcome = QuestionOutcome(name: String(parts[1]))
                figures.outcomes[outcome, default: 0] += questions
                figures.costUSD += item.double("cost") ?? 0
                if outcome.hasAnswer { figures.times.add(slot: slot, count: questions) }
            }
            found[day] = figures
        }
        return found.values.filter { !$0.outcomes.isEmpty || $0.up + $0.down > 0 }.sorted { $0.day < $1.day }
    }

    package func gaps(
        in course: CourseID, since start: Timestamp, limit: Int, reader: UserID?
    ) async throws -> [Gap] {
        let query = ItemQuery(ChatKey.gaps(course.name), .after(ChatKey.text(start))).backwards.first(limit)
        let found = try await table.first(limit, query)
        let texts = try await texts(of: found)
        var students: [String: Int] = [:]
        return found.reversed().compactMap { item in
            guard let gap = GapItem(item), let question = texts[gap.questionKey], let reply = texts[gap.replyKey] else {
                return nil
            }
            let student = students[gap.user] ?? students.count
            students[gap.user] = student
            return Gap(
                id: gap.reply, question: question.text("content") ?? "", askedAt: gap.askedAt, student: student,
                isReaders: gap.user == reader?.name, isStaffs: question.flag("isStaff"), wasRefused: gap.wasRefused,
                isBadlyRated: reply.int("rating") == Rating.Verdict.bad.rawValue, comment: reply.text("comment"),
                topic: item.text("topic"))
        }
    }

    /// The questions and answers of gaps, where they still are.
    func texts(of gaps: [Item]) async throws -> [ItemKey: Item] {
        try await table.all(gaps.compactMap(GapItem.init).flatMap { [$0.questionKey, $0.replyKey] })
    }

    package func setTopics(_ topics: [String: String], in course: CourseID) async throws {
        let pointers = try await table.all(topics.keys.map(ChatKey.pointer))
        let places = pointers.values.filter { $0.text("course") == course.name }.compactMap { pointer in
            pointer.text("conversation").flatMap { id in pointer.int64("ordinal").map { ChatKey.message(id, $0) } }
        }
        for item in try await table.all(places).values {
            let message = try MessageItem(item)
            guard let askedAt = message.askedAt, let topic = topics[message.id] else { continue }
            let key = ChatKey.gap(course.name, askedAt, message.id)
            try await change { transaction in
                guard var gap = try await transaction.item(key), gap.text("topic") != topic else { return }
                gap[text: "topic"] = topic
                transaction.put(gap, at: key)
            }
        }
    }

    /// Topics of a course that have an answer.
    private static let mostTopics = 10_000

    package func topicAnswers(in course: CourseID) async throws -> [String: TopicAnswer] {
        let found = try await table.first(Self.mostTopics, ItemQuery(ChatKey.topics(course.name)))
        return Dictionary(
            try found.map { item in
                let answer = TopicAnswer(
                    documentID: try item.needed("document"), name: item.text("name") ?? "",
                    at: try item.neededMoment("at"))
                return (item.text("sk") ?? "", answer)
            }, uniquingKeysWith: { first, _ in first })
    }

    package func setAnswer(_ answer: TopicAnswer, toTopic id: String, in course: CourseID) async throws {
        let item: Item = [
            "document": .s(answer.documentID), "name": .s(answer.name), "at": .n(String(answer.at.milliseconds)),
        ]
        try await change { $0.put(item, at: ItemKey(ChatKey.topics(course.name), id)) }
    }

    /// Ratings go as well, but for those that stand in answers, whose conversations are their owners'.
    package func removeInsights(of course: CourseID) async throws {
        for partition in [ChatKey.days(course.name), ChatKey.gaps(course.name), ChatKey.topics(course.name)] {
            while true {
                let found = try await table.first(Self.portion, ItemQuery(partition).first(Self.portion))
                if found.isEmpty { break }
                try await change { transaction in for item in found { transaction.delete(item.key) } }
            }
        }
    }

    /// Items deleted in one transaction.
    private static let portion = 100
}

extension CloudChatStore: UnansweredRecord {
    package func unanswered(in course: CourseID, limit: Int) async throws -> [UnansweredQuestion] {
        let query = ItemQuery(ChatKey.gaps(course.name)).backwards.first(limit)
        let found = try await table.first(limit, query) { $0.flag("wasRefused") }
        let texts = try await texts(of: found)
        return try found.compactMap { item in
            guard let gap = GapItem(item), let question = texts[gap.questionKey],
                let answer = try texts[gap.replyKey].flatMap({ try MessageItem($0).answer() })
            else { return nil }
            return UnansweredQuestion(
                text: question.text("content") ?? "", askedAt: gap.askedAt, evidence: answer.metadata.evidence,
                sections: Grounding.sections(in: answer.content))
        }
    }
}

/// Where a gap's question and answer stand.
private struct GapItem {
    let reply: String
    let user: String
    let askedAt: Timestamp
    let wasRefused: Bool
    let questionKey: ItemKey
    let replyKey: ItemKey

    init?(_ item: Item) {
        guard let reply = item.text("reply"), let conversation = item.text("conversation"),
            let question = item.int64("question"), let ordinal = item.int64("ordinal"),
            let place = item.text("sk")?.split(separator: "#").first, let asked = Int64(place)
        else { return nil }
        self.reply = reply
        user = item.text("user") ?? ""
        askedAt = Timestamp(milliseconds: asked)
        wasRefused = item.flag("wasRefused")
        questionKey = ChatKey.message(conversation, question)
        replyKey = ChatKey.message(conversation, ordinal)
    }
}

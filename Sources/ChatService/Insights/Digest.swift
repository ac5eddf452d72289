import Support

/// A week of a course as Markdown, for the staff: what was asked, how it fared beside the week before, and what students
/// asked that the material does not answer.
package struct Digest: Sendable {
    /// Topics that are told, the largest first.
    private static let mostTopics = 10

    package let week: ISOWeek
    package let title: String
    /// The week, with its topics.
    package var report: InsightReport
    package let before: DayFigures
    package let language: TextLanguage

    /// - Parameter title: of the course.
    package static func make(
        of course: CourseID, title: String, week: ISOWeek, reader: UserID?, insights: any Insights, board: TopicBoard,
        language: TextLanguage, at now: Timestamp
    ) async throws -> Digest {
        let former = try await insights.days(week.before.days, of: course)
        return Digest(
            week: week, title: title,
            report: try await InsightReport.make(
                of: course, span: week.days, reader: reader, insights: insights, board: board, at: now),
            before: .total(of: former, from: week.before.days.lowerBound), language: language)
    }

    package var markdown: String {
        let texts = DigestTexts(language)
        let total = report.total
        var lines = [
            "# \(texts.heading(title.markdownEscaped, week.text))", "",
            "\(week.days.lowerBound.date) – \(week.days.upperBound.date)", "",
        ]
        guard total.questions > 0 else { return (lines + [texts.nothing, ""]).joined(separator: "\n") }
        lines += ["| | \(texts.thisWeek) | \(texts.weekBefore) |", "|---|---:|---:|"]
        lines += rows(total, texts).map { "| \($0.name) | \($0.now) | \($0.before) |" }
        lines += ["", "## \(texts.topics)", ""]
        let open = report.topics.filter { $0.answer == nil }
        lines += open.isEmpty ? [texts.noTopics] : open.prefix(Self.mostTopics).flatMap { item($0, texts) }
        if open.count > Self.mostTopics { lines.append(texts.more(open.count - Self.mostTopics)) }
        let answered = report.topics.filter { $0.answer != nil }
        if !answered.isEmpty {
            lines += ["", "## \(texts.answeredTopics)", ""]
            lines += answered.prefix(Self.mostTopics).map { topic in
                let document = topic.answer?.name.markdownEscaped ?? ""
                return "- **\(name(of: topic, texts))**: \(texts.answered(document, topic.askedSinceAnswer))"
            }
        }
        return (lines + [""]).joined(separator: "\n")
    }

    private func rows(_ total: DayFigures, _ texts: DigestTexts) -> [(name: String, now: String, before: String)] {
        func row(_ name: String, _ value: (DayFigures) -> String?) -> (name: String, now: String, before: String) {
            (name, value(total) ?? "–", value(before) ?? "–")
        }
        return [
            row(texts.questions) { "\($0.questions)" },
            row(texts.answerRate) { $0.answerRate.map { texts.percent($0) } },
            row(texts.refused) { "\($0.refused)" },
            row(texts.failed) { "\($0.failed)" },
            row(texts.median) { $0.times.seconds(at: 0.5).map { texts.decimal($0, digits: 1) + " s" } },
            row(texts.p95) { $0.times.seconds(at: 0.95).map { texts.decimal($0, digits: 1) + " s" } },
            row(texts.ratings) { "\($0.up) / \($0.down)" },
            row(texts.cost) { "US$ " + texts.decimal($0.costUSD, digits: 2) },
        ]
    }

    private func item(_ topic: Topic, _ texts: DigestTexts) -> [String] {
        let asked = texts.asked(topic.questions, topic.students)
        return ["- **\(name(of: topic, texts))**: \(asked)"] + topic.examples.map { "  - \($0.markdownEscaped)" }
            + topic.comments.map { "  - \(texts.comment($0.markdownEscaped))" }
    }

    private func name(of topic: Topic, _ texts: DigestTexts) -> String {
        topic.name.isEmpty ? texts.unnamed : topic.name.markdownEscaped
    }
}

extension String {
    /// On one line, with what Markdown and HTML would take for marks made plain.
    var markdownEscaped: String {
        var escaped = ""
        for character in self {
            if character.isNewline {
                escaped += " "
                continue
            }
            if "\\`*_{}[]()<>#+-!|~&$".contains(character) { escaped += "\\" }
            escaped.append(character)
        }
        return escaped
    }
}

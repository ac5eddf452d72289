import Support

extension Answerer {
    /// The answer to a message that asks nothing of the course; nil for a question, or the wish to have an answer again
    /// where there is one.
    func smallTalk(about question: Question, since start: Duration) async throws -> Answer? {
        guard let talk = SmallTalk(question.text) else { return nil }
        let questions = question.history.filter { $0.role == .user && !SmallTalk.isAside($0.content) }
        if case .again = talk, !questions.isEmpty { return nil }
        let course = try await retriever(of: question.course, without: question.rules.hidden).course
        let language: String
        if let set = question.rules.language {
            language = set
        } else if let own = SmallTalk.language(of: question.text) {
            language = own
        } else if let earlier = questions.reversed().lazy.compactMap({ LanguageGuess.of($0.content) }).first {
            language = earlier
        } else {
            language = try await course.language() ?? "en"
        }
        let titles = talk == .thanks ? [] : try await course.titles(limit: Self.titles, without: question.rules.hidden)
        let elapsed = Int((time.elapsed - start).milliseconds)
        return Answer(
            content: talk.reply(in: language, titles: titles), citations: [], grounded: false,
            metadata: AnswerMetadata(
                model: AnswerMetadata.smallTalkModel, provider: AnswerMetadata.noModel, latencyMs: elapsed,
                timeToFirstTokenMs: elapsed))
    }

    /// Titles in a greeting.
    private static let titles = 4
}

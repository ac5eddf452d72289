import LLM
import Retrieval
import Support

/// A question as it is searched, and as its model is told of it.
struct QuestionReading: Sendable {
    var query: RetrievalQuery
    /// As the prompt has it.
    var question: Question
    /// In which the answer is wanted; nil where nothing says so.
    var language: String?
    /// What a rewriting took.
    var usage: GenerationUsage?

    /// As it stands alone, for models that quote.
    var standing: String { query.whole }
}

/// Finds out what to search for.
struct QuestionReader: Sendable {
    /// nil to use the local rule alone.
    let rewriter: QueryRewriter?

    /// - Parameter courseLanguage: asked only when there is a rewriter.
    func read(
        _ question: Question, courseLanguage: () async throws -> String?
    ) async throws -> QuestionReading {
        let users = question.history.lastIndex { $0.role == .user && !SmallTalk.isAside($0.content) }
        guard case .again(let language)? = SmallTalk(question.text), let place = users else {
            let (query, usage) = try await query(question.text, question.history, question.deadline, courseLanguage)
            return QuestionReading(query: query, question: question, usage: usage)
        }
        // The question that was answered is searched again: the words of the wish to have it otherwise are in no document.
        let earlier = question.history[place].content
        let (query, usage) = try await query(
            earlier, Array(question.history[..<place]), question.deadline, courseLanguage)
        var restated = question
        restated.text = Self.restated(
            question.text, earlier, in: SmallTalk.language(of: question.text) ?? LanguageGuess.of(earlier))
        return QuestionReading(
            query: query, question: restated, language: language ?? SmallTalk.language(of: question.text), usage: usage)
    }

    private func query(
        _ text: String, _ history: [Turn], _ deadline: Duration?, _ courseLanguage: () async throws -> String?
    ) async throws -> (RetrievalQuery, GenerationUsage?) {
        let leaning = Leaning(of: text)
        let local = StandaloneQuery.make(text, leaning: leaning, history)
        guard let rewriter else { return (local, nil) }
        let own = LanguageGuess.of(text)
        let course = try await courseLanguage()
        let isForeign = own != nil && course != nil && own != course
        guard isForeign || !local.context.isEmpty else { return (local, nil) }
        let language = course ?? own ?? "en"
        guard let rewriting = await rewriter.rewrite(text, history: history, into: language, deadline: deadline) else {
            return (local, nil)
        }
        guard let query = rewriting.query else { return (local, rewriting.usage) }
        // A course may hold material in the student's own language too.
        let written: [RetrievalQuery.Context] = isForeign ? [.init(text, words: 0.3, meaning: 0.3)] : []
        return (RetrievalQuery(query, context: written, judgedWhole: false), rewriting.usage)
    }

    private static func restated(_ wish: String, _ earlier: String, in language: String?) -> String {
        language == "pt"
            ? "Responda de novo à minha pergunta anterior, do modo que peço aqui: “\(wish)”\nA pergunta anterior: “\(earlier)”"
            : "Answer my earlier question again, in the way that I ask for here: “\(wish)”\nThe earlier question: “\(earlier)”"
    }
}

import LLM
import Support
import TestSupport

@testable import ChatService

/// An answerer over a course, and what it reports.
struct AnswerHouse {
    let shelf: CourseShelf

    func answerer(_ model: any LanguageModel) -> Answerer {
        let embedder = shelf.embedder
        return Answerer(library: shelf, model: model, embed: { try await embedder.embed($0) }, log: .silent)
    }

    @discardableResult
    func ask(_ question: Question, _ model: any LanguageModel) async throws -> (Answer, [AnsweringStep]) {
        let steps = Locked<[AnsweringStep]>([])
        let answer = try await answerer(model).answer(question) { step in steps.withLock { $0.append(step) } }
        return (answer, steps.withLock { $0 })
    }

    @discardableResult
    func ask(
        _ text: String, _ model: any LanguageModel, mode: AnswerMode = .answer, history: [Turn] = []
    ) async throws -> (Answer, [AnsweringStep]) {
        try await ask(Question(text: text, course: shelf.file.course, mode: mode, history: history), model)
    }

    var extractive: ExtractiveModel {
        let embedder = shelf.embedder
        return ExtractiveModel(embed: { try await embedder.embed($0) }, dimension: embedder.space.dimension)
    }
}

extension [AnsweringStep] {
    /// What a client shows in the end: the text of the last stream.
    var text: String {
        var shown = (stream: 0, text: "")
        for case .delta(let stream, let piece) in self {
            if stream > shown.stream { shown = (stream, "") }
            if stream == shown.stream { shown.text += piece }
        }
        return shown.text
    }
}

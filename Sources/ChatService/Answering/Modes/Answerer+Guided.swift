import LLM
import Retrieval
import Support

/// The modes that guide: hint, socratic, quiz. What a model writes in them is held against the mode's form before a student
/// sees any of it, written once more where it does not keep to it, and cut or replaced where that does not help.
extension Answerer {
    /// One question in a guiding mode, with what was found for it.
    struct Guidance: Sendable {
        let question: Question
        let request: GenerationRequest
        let sources: [Source]
        let passages: [Passage]
        let filter: AnswerFilter
        let material: ModeMaterial
        let model: (any LanguageModel)?
        let start: Duration
    }

    func guide(_ guidance: Guidance, report: @Sendable (AnsweringStep) async -> Void) async throws -> Answer {
        var usage: GenerationUsage?
        if let model = guidance.model {
            do {
                if let answer = try await written(guidance, model, &usage) {
                    await report(.delta(stream: 1, answer.content))
                    return answer
                }
                log.info("a model did not keep to its mode", ["mode": guidance.question.mode.rawValue])
            } catch let error as AnsweringError where error.code == .llmUnavailable && settings.quotesInstead {
                log.warning("a mode goes without its model", ["cause": error.cause])
            }
        }
        var answer: Answer
        do {
            answer = try plain(guidance)
        } catch let error as AnsweringError {
            var error = error
            error.wasPaid = usage != nil
            throw error
        }
        answer.metadata = metadata(usage, guidance, isPlain: true)
        await report(.delta(stream: 1, answer.content))
        return answer
    }

    /// What the model wrote, as it may be shown; nil when nothing of it may.
    private func written(
        _ guidance: Guidance, _ model: any LanguageModel, _ usage: inout GenerationUsage?
    ) async throws -> Answer? {
        var request = guidance.request
        var earlier: Draft?
        for attempt in 0..<2 {
            var draft = Draft(guidance.filter, usage: usage)
            do {
                // Nothing is shown before it is checked.
                try await write(&draft, request, by: model, start: guidance.start, report: { _ in })
            } catch let error as AnsweringError where earlier != nil {
                log.info("the second draft failed", ["cause": error.cause])
                break
            }
            usage = draft.usage
            try Task.checkCancellation()
            // The chain's last model only quotes: that is no guidance.
            if draft.usage?.provider == ExtractiveModel.providerName { return nil }
            let (answer, fault) = try await judged(draft, guidance)
            if let answer { return answer }
            earlier = draft
            guard attempt == 0, let fault, hasTime(guidance.request) else { break }
            request = guidance.request
            request.messages.append(GenerationRequest.Message(.assistant, draft.content))
            request.messages.append(GenerationRequest.Message(.user, fault.request(in: request.language)))
        }
        guard let earlier, guidance.question.mode != .quiz else { return nil }
        let text = GuidedText(earlier.content, markers: earlier.markers)
        let cut =
            guidance.question.mode == .hint
            ? HintMode.cut(text, guidance.material) : SocraticMode.cut(text, guidance.material)
        guard let cut else { return nil }
        var draft = earlier
        draft.replace(cut, or: cut)
        return try await answer(draft, guidance)
    }

    private func hasTime(_ request: GenerationRequest) -> Bool {
        request.deadline.map { $0 - time.elapsed >= Redraft.leastTime } ?? true
    }

    /// The answer of a draft that keeps to its mode, or what is wrong with it.
    private func judged(_ draft: Draft, _ guidance: Guidance) async throws -> (Answer?, ModeFault?) {
        if guidance.question.mode == .quiz { return try await quiz(draft, guidance) }
        let text = GuidedText(draft.content, markers: draft.markers)
        let fault =
            guidance.question.mode == .hint
            ? HintMode.fault(of: text, guidance.material) : SocraticMode.fault(of: text, guidance.material)
        if let fault { return (nil, fault) }
        return (try await answer(draft, guidance), nil)
    }

    private func answer(_ draft: Draft, _ guidance: Guidance) async throws -> Answer {
        var checked = try await check(
            draft, guidance.request, guidance.sources, guidance.passages, guidance.question.course)
        for index in checked.citations.indices {
            // A question states nothing that a passage could carry or not.
            if guidance.question.mode == .socratic, checked.citations[index].verdict == .unsupported {
                checked.citations[index].verdict = .partly
            }
        }
        return Answer(
            content: draft.content, citations: checked.citations, claims: checked.claims,
            grounded: guidance.question.mode == .socratic
                ? !checked.citations.isEmpty : checked.citations.contains(where: \.supported),
            metadata: metadata(draft.usage, guidance, isPlain: false))
    }

    /// The questions of a draft whose answers the cited passages carry.
    private func quiz(_ draft: Draft, _ guidance: Guidance) async throws -> (Answer?, ModeFault?) {
        if GuidedText(draft.content, markers: draft.markers).isRefusal {
            return (try await answer(draft, guidance), nil)
        }
        var items: [Quiz.Item] = []
        var isGivenAway = false
        for pair in QuizMode.pairs(in: draft.content) {
            if guidance.material.isGivenAway(in: pair.question + "\n" + pair.answer) {
                isGivenAway = true
                continue
            }
            var single = draft
            single.replace(pair.answer, or: pair.answer)
            let checked = try await check(
                single, guidance.request, guidance.sources, guidance.passages, guidance.question.course)
            guard !checked.claims.isEmpty, checked.claims.allSatisfy({ $0.verdict == .supported }),
                let citation = checked.citations.first(where: \.supported)
            else { continue }
            items.append(
                Quiz.Item(
                    number: items.count + 1, question: pair.question,
                    solution: AnswerSentence.withoutMarkers(single.content), citation: citation))
        }
        guard !items.isEmpty else { return (nil, isGivenAway ? .copiesSolution : .holdsNothing) }
        var answer = asking(Quiz(questions: items), guidance.request.language)
        answer.metadata = metadata(draft.usage, guidance, isPlain: false)
        return (answer, nil)
    }

    /// The message that asks the open questions of a quiz.
    private func asking(_ quiz: Quiz, _ language: String) -> Answer {
        var seen: Set<Int> = []
        let citations = quiz.open.map(\.citation.withoutText).filter { seen.insert($0.marker).inserted }
        return Answer(
            content: QuizMode.text(of: quiz.open, in: language), citations: citations, grounded: true,
            metadata: AnswerMetadata(model: PlainGuide.modelName, provider: ExtractiveModel.providerName), quiz: quiz)
    }

    /// What the mode gives without a model.
    /// - Throws: `AnsweringError` when the passages give nothing for it.
    private func plain(_ guidance: Guidance) throws -> Answer {
        let (sources, language) = (guidance.sources, guidance.request.language)
        if guidance.question.mode == .quiz {
            let items = PlainGuide.quiz(sources, question: guidance.question.text, language: language)
                .filter { !guidance.material.isGivenAway(in: $0.citation.quote) }
            if !items.isEmpty { return asking(Quiz(questions: items), language) }
        } else {
            let text =
                guidance.question.mode == .hint
                ? PlainGuide.hint(sources, question: guidance.question.text, language: language)
                : PlainGuide.question(sources, language: language)
            if let text, let source = sources.first {
                return Answer(
                    content: text, citations: [Citation(source, quote: "").withoutText], grounded: true,
                    metadata: AnswerMetadata(model: PlainGuide.modelName, provider: ExtractiveModel.providerName))
            }
        }
        throw AnsweringError(
            .llmUnavailable,
            "The passages that were found do not do for the mode '\(guidance.question.mode.rawValue)' without a language "
                + "model; ask for an answer instead.")
    }

    private func metadata(_ usage: GenerationUsage?, _ guidance: Guidance, isPlain: Bool) -> AnswerMetadata {
        let elapsed = Int((time.elapsed - guidance.start).milliseconds)
        return AnswerMetadata(
            model: isPlain ? PlainGuide.modelName : usage?.model ?? model.model,
            provider: isPlain ? ExtractiveModel.providerName : usage?.provider ?? model.provider,
            tokensInput: usage?.inputTokens ?? 0, tokensOutput: usage?.outputTokens ?? 0, latencyMs: elapsed,
            timeToFirstTokenMs: elapsed, costUsd: usage == nil ? 0 : usage?.costUSD,
            degraded: isPlain && model.provider != ExtractiveModel.providerName)
    }

    /// The reply to a quiz, marked; nil when the question is none.
    func marked(_ question: Question, since start: Duration) -> Answer? {
        guard question.mode == .quiz, var quiz = question.history.last(where: { $0.quiz != nil })?.quiz else {
            return nil
        }
        let replies = QuizMarking.replies(in: question.text, to: quiz.open)
        guard !replies.isEmpty else { return nil }
        var markedNow: [Quiz.Item] = []
        for index in quiz.questions.indices {
            guard quiz.questions[index].mark == nil, let reply = replies[quiz.questions[index].number] else { continue }
            quiz.questions[index].reply = reply
            quiz.questions[index].mark = QuizMarking.mark(reply, of: quiz.questions[index])
            markedNow.append(quiz.questions[index])
        }
        let language =
            question.rules.language ?? LanguageGuess.of(quiz.questions.map(\.question).joined(separator: "\n")) ?? "en"
        var content = QuizMarking.text(of: markedNow, in: language)
        let open = quiz.open
        if !open.isEmpty { content += "\n\n" + QuizMode.text(of: open, in: language) }
        var seen: Set<Int> = []
        let told = markedNow.map { item in
            var citation = item.citation
            // The rest of the passage may answer what is still asked.
            if !open.isEmpty { citation.passage = citation.quote }
            return citation
        }
        let citations = (told + open.map(\.citation.withoutText)).filter { seen.insert($0.marker).inserted }
        let elapsed = Int((time.elapsed - start).milliseconds)
        return Answer(
            content: content, citations: citations, grounded: true,
            metadata: AnswerMetadata(
                model: PlainGuide.modelName, provider: ExtractiveModel.providerName, latencyMs: elapsed,
                timeToFirstTokenMs: elapsed), quiz: quiz)
    }
}

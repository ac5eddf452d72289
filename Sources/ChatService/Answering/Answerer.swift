import LLM
import Retrieval
import Support

/// The way of a question: search, ground, generate, check.
package struct Answerer: Answering {
    /// What may be tuned; the values are measured (see docs/decisions).
    package struct Settings: Sendable {
        /// Passages in the prompt.
        package var passages = 6
        package var maxOutputTokens = 1_024
        package var grounding = Grounding()
        /// What becomes of sentences that nothing they cite supports.
        package var unsupported = UnsupportedSentences.mark
        /// Whether modes that guide go on without a language model when none can be reached.
        package var quotesInstead = false

        package init() {}
    }

    private let library: any CourseLibrary
    let model: any LanguageModel
    private let quoting: (any LanguageModel)?
    private let check: CitationCheck
    private let rewriter: QueryRewriter?
    let settings: Settings
    private let linksOriginals: Bool
    let time: any TimeSource
    let log: Log

    /// - Parameters:
    ///   - embed: the embedder's `embed`, for checking citations by meaning; nil to check by words only.
    ///   - quoting: answers at no cost, for a course that has used up what its answers may cost; nil when there is none.
    ///   - rewriter: for follow-ups; nil for the local rule alone.
    ///   - linksOriginals: whether the originals can be read where the answer is shown.
    package init(
        library: any CourseLibrary, model: any LanguageModel, quoting: (any LanguageModel)? = nil,
        embed: CitationCheck.Embed?, rewriter: QueryRewriter? = nil, settings: Settings = Settings(),
        linksOriginals: Bool = false, time: any TimeSource = SystemTime(), log: Log
    ) {
        self.library = library
        self.model = model
        self.quoting = quoting
        self.check = CitationCheck(embed: embed)
        self.rewriter = rewriter
        self.settings = settings
        self.linksOriginals = linksOriginals
        self.time = time
        self.log = log
    }

    package func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        try await answer(question, found: { _ in }, report: report)
    }

    /// - Parameter tell: called once, with what the search found, also when that is not enough for an answer.
    package func answer(
        _ question: Question, found tell: @Sendable (Finding) -> Void,
        report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        let start = time.elapsed
        if let reply = try await accessing(question.course, { try await smallTalk(about: question, since: start) }) {
            await report(.delta(stream: 1, reply.content))
            return reply
        }
        if let reply = marked(question, since: start) {
            await report(.delta(stream: 1, reply.content))
            return reply
        }
        let model = try writer(for: question)
        await report(.retrieving)
        let (reading, found) = try await retrieve(question)
        tell(Finding(passages: found.passages, evidence: found.evidence.score))
        let language = question.rules.language ?? reading.language ?? language(of: question, found)
        guard settings.grounding.isEnough(found) else {
            log.info("no evidence in the course", ["course": question.course.name])
            let text = Grounding.refusal(nearest: found.passages, language: language)
            await report(.delta(stream: 1, text))
            let elapsed = Int((time.elapsed - start).milliseconds)
            var metadata = AnswerMetadata(
                model: AnswerMetadata.noModel, provider: AnswerMetadata.noModel, latencyMs: elapsed,
                timeToFirstTokenMs: elapsed, evidence: found.evidence.score)
            metadata.add(reading.usage)
            return Answer(content: text, citations: [], grounded: false, metadata: metadata)
        }
        let sources = sources(found.passages, of: question.course)
        let guides = question.mode != .answer
        await report(.generating(sources: guides ? sources.map(\.withoutText) : sources))
        let fence = Prompt.makeFence()
        let messages = Prompt.messages(
            question: reading.question, sources: sources, language: language, fence: fence)
        let filter = AnswerFilter(
            question: question, sources: sources, rules: messages.first?.content ?? "", fence: fence, language: language
        )
        let request = GenerationRequest(
            messages: messages,
            question: reading.standing, language: language,
            evidence: guides ? [] : Self.evidence(sources, found.passages),
            maxOutputTokens: settings.maxOutputTokens, deadline: question.deadline)
        if question.rules.isQuotingOnly { await report(.delta(stream: 1, CostNotice.text(in: language))) }
        var answer: Answer
        if guides {
            let material = try await material(for: reading.query.whole, sources, question)
            answer = try await guide(
                Guidance(
                    question: question, request: request, sources: sources, passages: found.passages, filter: filter,
                    material: material, model: model.provider == ExtractiveModel.providerName ? nil : model,
                    start: start), report: report)
        } else {
            answer = try await generate(
                request, by: model, question, filter: filter, sources: sources, passages: found.passages, start: start,
                report: report)
        }
        answer.metadata.evidence = found.evidence.score
        answer.metadata.add(reading.usage)
        return question.rules.isQuotingOnly ? CostNotice.noticed(answer, in: language) : answer
    }

    /// What writes the answer.
    /// - Throws: `AnsweringError` `policy_denied` when it may cost nothing and nothing here costs nothing.
    private func writer(for question: Question) throws -> any LanguageModel {
        guard question.rules.isQuotingOnly else { return model }
        guard let quoting else {
            throw AnsweringError(
                .policyDenied, PolicyDenial.costReached(isMonth: false).sentence(in: question.rules.language ?? "en"),
                cause: "cost_reached")
        }
        return quoting
    }

    /// What a guiding mode's words are held against.
    private func material(for query: String, _ sources: [Source], _ question: Question) async throws -> ModeMaterial {
        let guarded =
            question.rules.guarded.isEmpty
            ? []
            : try await accessing(question.course) {
                try await retriever(of: question.course, without: []).texts(
                    nearest: query, in: question.rules.guarded, limit: Self.guardedTexts)
            }
        return ModeMaterial(passages: sources.map(\.passage), guarded: guarded)
    }

    /// Texts of documents that are never quoted, near the question, that an answer is held against.
    private static let guardedTexts = 24

    private func retrieve(_ question: Question) async throws -> (QuestionReading, RetrievalResult) {
        try await accessing(question.course) {
            let retriever = try await retriever(of: question.course, without: question.rules.hidden)
            // Reading a follow-up with a model costs money too.
            let reader = QuestionReader(rewriter: question.rules.isQuotingOnly ? nil : rewriter)
            let reading = try await reader.read(question) { try await retriever.course.language() }
            return (reading, try await retriever.search(reading.query, limit: settings.passages))
        }
    }

    /// - Parameter hidden: documents that count as if they were not in the course.
    func retriever(of course: CourseID, without hidden: Set<String>) async throws -> Retriever {
        guard let retriever = try await library.retriever(for: course) else {
            throw AnsweringError(.courseUnavailable, "There is no course '\(course)' any more.")
        }
        return retriever.without(hidden)
    }

    /// What `body` reads of a course; what goes wrong becomes what a student is told.
    private func accessing<Result>(_ course: CourseID, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as AnsweringError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            log.error("search failed", ["course": course.name, "error": error.label])
            throw AnsweringError(
                .courseUnavailable, "The course '\(course)' cannot be searched just now; please try again.",
                isRetryable: true, cause: error.label)
        }
    }

    private func generate(
        _ request: GenerationRequest, by model: any LanguageModel, _ question: Question, filter: AnswerFilter,
        sources: [Source], passages: [Passage], start: Duration, report: @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        let course = question.course
        var draft = Draft(filter)
        try await write(&draft, request, by: model, start: start, report: report)
        try Task.checkCancellation()
        var checked = try await check(draft, request, sources, passages, course)
        if (question.rules.unsupported ?? settings.unsupported) == .regenerate,
            checked.claims.contains(where: { $0.verdict == .unsupported })
        {
            let hasTime = request.deadline.map { $0 - time.elapsed >= Redraft.leastTime } ?? true
            if hasTime, draft.usage?.provider != ExtractiveModel.providerName {
                var again = Draft(filter, stream: draft.stream, follows: true, usage: draft.usage)
                let second = Redraft.request(request, content: draft.content, claims: checked.claims)
                do {
                    try await write(&again, second, by: model, start: start, report: report)
                    try Task.checkCancellation()
                    checked = try await check(again, request, sources, passages, course)
                    again.firstToken = draft.firstToken
                    draft = again
                } catch is AnsweringError {
                    // The first answer is there; what it says without support goes.
                    draft.stream = again.stream
                }
            }
            let left = Redraft.withoutUnsupported(draft.content, checked.claims)
            if left != draft.content {
                draft.replace(left, or: Grounding.refusal(nearest: passages, language: request.language))
                checked = try await check(draft, request, sources, passages, course)
                await report(.restarted(stream: draft.stream))
                await report(.delta(stream: draft.stream, draft.content))
            }
        }
        let usage = draft.usage
        return Answer(
            content: draft.content, citations: checked.citations, claims: checked.claims,
            grounded: checked.citations.contains(where: \.supported),
            metadata: AnswerMetadata(
                model: usage?.model ?? model.model, provider: usage?.provider ?? model.provider,
                tokensInput: usage?.inputTokens ?? 0, tokensOutput: usage?.outputTokens ?? 0,
                latencyMs: Int((time.elapsed - start).milliseconds),
                timeToFirstTokenMs: Int((draft.firstToken ?? time.elapsed - start).milliseconds),
                costUsd: usage?.costUSD,
                degraded: usage?.provider == ExtractiveModel.providerName
                    && self.model.provider != ExtractiveModel.providerName))
    }

    /// One generation, shown as it comes.
    func write(
        _ draft: inout Draft, _ request: GenerationRequest, by model: any LanguageModel, start: Duration,
        report: @Sendable (AnsweringStep) async -> Void
    ) async throws {
        do {
            for try await event in model.generate(request) {
                switch event {
                case .text(let piece):
                    if draft.firstToken == nil { draft.firstToken = time.elapsed - start }
                    guard let shown = draft.feed(piece) else { break }
                    if draft.begins { await report(.restarted(stream: draft.stream)) }
                    draft.begins = false
                    await report(.delta(stream: draft.stream, shown))
                case .restarted:
                    draft.restart()
                    await report(.restarted(stream: draft.stream))
                case .finished(let final):
                    draft.finish(final)
                }
            }
            try Task.checkCancellation()
        } catch let error as LanguageModelError {
            log.warning("generation failed", ["error": error.label, "detail": error.description])
            throw failed(AnsweringError(explaining: error), after: draft, by: model)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            log.error("generation failed", ["error": error.label])
            throw failed(
                AnsweringError(
                    .internalError, JobErrorCode.internalError.message, isRetryable: true, cause: error.label),
                after: draft, by: model)
        }
        if let rest = draft.feedRest() { await report(.delta(stream: draft.stream, rest)) }
        if draft.isWithheld { log.warning("an answer repeated its instructions; the rest was kept back") }
        guard draft.isFinished, !draft.content.allSatisfy(\.isWhitespace) else {
            throw failed(
                AnsweringError(
                    .llmUnavailable, "The language model gave an empty answer; please ask again.", isRetryable: true),
                after: draft, by: model)
        }
    }

    /// The error, with whether what came before it was paid for.
    private func failed(_ error: AnsweringError, after draft: Draft, by model: any LanguageModel) -> AnsweringError {
        var error = error
        error.wasPaid =
            (draft.firstToken != nil || draft.usage != nil) && model.provider != ExtractiveModel.providerName
        return error
    }

    func check(
        _ draft: Draft, _ request: GenerationRequest, _ sources: [Source], _ passages: [Passage], _ course: CourseID
    ) async throws -> CitationCheck.Result {
        let found = Dictionary(zip(sources.map(\.marker), passages)) { first, _ in first }
        var result = try await check.check(
            draft.content, markers: draft.markers,
            sources: Self.evident(sources, for: draft.usage?.provider ?? model.provider), question: request.question,
            scores: found.mapValues(\.score)
        ) { source, quote in
            found[source.marker].map { self.source(source.marker, $0, part: quote, course) } ?? source
        }
        for index in result.citations.indices {
            result.citations[index].passage =
                found[result.citations[index].marker]?.text ?? result.citations[index].passage
        }
        return result
    }

    /// The question's own language; else the conversation's; else the material's.
    private func language(of question: Question, _ found: RetrievalResult) -> String {
        if let own = LanguageGuess.of(question.text) { return own }
        for turn in question.history.suffix(6).reversed() where turn.role == .user {
            if let earlier = LanguageGuess.of(turn.content) { return earlier }
        }
        return found.passages.first?.language == "pt" ? "pt" : "en"
    }

    /// For a model that quotes. The other modes are no quotations, so it gets nothing there.
    private static func evidence(_ sources: [Source], _ passages: [Passage]) -> [GenerationRequest.Evidence] {
        zip(sources, passages).map {
            GenerationRequest.Evidence(number: $0.marker, text: $0.passage, score: $1.score)
        }
    }

    /// The passages as evidence: an order to a language model supports nothing that the model then says. Whoever only quotes
    /// obeys nothing.
    private static func evident(_ sources: [Source], for provider: String) -> [Source] {
        guard provider != ExtractiveModel.providerName else { return sources }
        return sources.map { source in
            var evident = source
            evident.passage = OrdersToModels.blanked(in: source.passage)
            return evident
        }
    }

    private func sources(_ passages: [Passage], of course: CourseID) -> [Source] {
        passages.enumerated().map { source($0 + 1, $1, part: nil, course) }
    }

    /// - Parameter part: the bytes of the passage's text whose page and place are said; nil for all of it.
    private func source(_ marker: Int, _ passage: Passage, part: Range<Int>?, _ course: CourseID) -> Source {
        let location = part.map(passage.location)
        let page = location?.page ?? passage.pages?.lowerBound
        return Source(
            marker: marker, documentId: passage.documentID, title: passage.documentTitle, page: page,
            section: passage.headings.isEmpty ? nil : passage.headings.joined(separator: " › "),
            pageUnit: passage.pages.map { _ in passage.pageUnit }, place: location?.place ?? passage.place,
            ocr: location?.recognised ?? passage.recognised ? true : nil,
            url: linksOriginals ? ContentAddress.of(passage, page: page, in: course) : nil, passage: passage.text)
    }
}

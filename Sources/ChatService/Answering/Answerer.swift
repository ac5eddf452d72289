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

        package init() {}
    }

    private let library: any CourseLibrary
    private let model: any LanguageModel
    private let check: CitationCheck
    private let reader: QuestionReader
    private let settings: Settings
    private let linksOriginals: Bool
    let time: any TimeSource
    private let log: Log

    /// - Parameters:
    ///   - embed: the embedder's `embed`, for checking citations by meaning; nil to check by words only.
    ///   - rewriter: for follow-ups; nil for the local rule alone.
    ///   - linksOriginals: whether the originals can be read where the answer is shown.
    package init(
        library: any CourseLibrary, model: any LanguageModel, embed: CitationCheck.Embed?,
        rewriter: QueryRewriter? = nil, settings: Settings = Settings(), linksOriginals: Bool = false,
        time: any TimeSource = SystemTime(), log: Log
    ) {
        self.library = library
        self.model = model
        self.check = CitationCheck(embed: embed)
        self.reader = QuestionReader(rewriter: rewriter)
        self.settings = settings
        self.linksOriginals = linksOriginals
        self.time = time
        self.log = log
    }

    package func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        let start = time.elapsed
        if let reply = try await accessing(question.course, { try await smallTalk(about: question, since: start) }) {
            await report(.delta(stream: 1, reply.content))
            return reply
        }
        guard question.mode == .answer || model.provider != ExtractiveModel.providerName else {
            throw AnsweringError(
                .llmUnavailable, "The mode '\(question.mode.rawValue)' needs a language model, and none is configured.")
        }
        await report(.retrieving)
        let (reading, found) = try await retrieve(question)
        let language = reading.language ?? language(of: question, found)
        guard settings.grounding.isEnough(found) else {
            log.info("no evidence in the course", ["course": question.course.name])
            let text = Grounding.refusal(nearest: found.passages, language: language)
            await report(.delta(stream: 1, text))
            let elapsed = Int((time.elapsed - start).milliseconds)
            var metadata = AnswerMetadata(
                model: "none", provider: "none", latencyMs: elapsed, timeToFirstTokenMs: elapsed)
            metadata.add(reading.usage)
            return Answer(content: text, citations: [], grounded: false, metadata: metadata)
        }
        let sources = sources(found.passages, of: question.course)
        await report(.generating(sources: sources))
        let request = GenerationRequest(
            messages: Prompt.messages(question: reading.question, sources: sources, language: language),
            question: reading.standing, language: language,
            evidence: question.mode == .answer ? Self.evidence(sources, found.passages) : [],
            maxOutputTokens: settings.maxOutputTokens, deadline: question.deadline)
        var answer = try await generate(
            request, sources: sources, passages: found.passages, course: question.course, start: start, report: report)
        answer.metadata.add(reading.usage)
        return answer
    }

    private func retrieve(_ question: Question) async throws -> (QuestionReading, RetrievalResult) {
        try await accessing(question.course) {
            let retriever = try await retriever(of: question.course)
            let reading = try await reader.read(question) { try await retriever.course.language() }
            return (reading, try await retriever.search(reading.query, limit: settings.passages))
        }
    }

    func retriever(of course: CourseID) async throws -> Retriever {
        guard let retriever = try await library.retriever(for: course) else {
            throw AnsweringError(.courseUnavailable, "There is no course '\(course)' any more.")
        }
        return retriever
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
        _ request: GenerationRequest, sources: [Source], passages: [Passage], course: CourseID, start: Duration,
        report: @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        var stream = 1
        var content = ""
        var filter = MarkerFilter(passages: sources.count)
        var firstToken: Duration?
        var usage: GenerationUsage?
        do {
            for try await event in model.generate(request) {
                switch event {
                case .text(let piece):
                    let shown = filter.feed(piece)
                    if firstToken == nil { firstToken = time.elapsed - start }
                    guard !shown.isEmpty else { break }
                    content += shown
                    await report(.delta(stream: stream, shown))
                case .restarted:
                    stream += 1
                    content = ""
                    filter = MarkerFilter(passages: sources.count)
                    await report(.restarted(stream: stream))
                case .finished(let final):
                    usage = final
                }
            }
            try Task.checkCancellation()
        } catch let error as LanguageModelError {
            log.warning("generation failed", ["error": error.label, "detail": error.description])
            throw explain(error)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            log.error("generation failed", ["error": error.label])
            throw AnsweringError(
                .internalError, JobErrorCode.internalError.message, isRetryable: true, cause: error.label)
        }
        let rest = filter.finish()
        if !rest.isEmpty {
            content += rest
            await report(.delta(stream: stream, rest))
        }
        guard let usage, !content.allSatisfy(\.isWhitespace) else {
            throw AnsweringError(
                .llmUnavailable, "The language model gave an empty answer; please ask again.", isRetryable: true)
        }
        let found = Dictionary(zip(sources.map(\.marker), passages)) { first, _ in first }
        let citations = try await check.citations(
            in: content, markers: filter.markers, sources: sources, scores: found.mapValues(\.score)
        ) { source, quote in
            found[source.marker].map { self.source(source.marker, $0, part: quote, course) } ?? source
        }
        return Answer(
            content: content, citations: citations, grounded: citations.contains(where: \.supported),
            metadata: AnswerMetadata(
                model: usage.model, provider: usage.provider, tokensInput: usage.inputTokens,
                tokensOutput: usage.outputTokens, latencyMs: Int((time.elapsed - start).milliseconds),
                timeToFirstTokenMs: Int((firstToken ?? time.elapsed - start).milliseconds), costUsd: usage.costUSD,
                degraded: usage.provider == ExtractiveModel.providerName
                    && model.provider != ExtractiveModel.providerName))
    }

    /// What a student reads; the operator finds the reason in the log.
    ///
    /// Nobody waits through two timeouts, nor for a breaker to close: those end the job at once.
    private func explain(_ error: LanguageModelError) -> AnsweringError {
        let (code, sentence): (AnsweringError.Code, String) =
            switch error.code {
            case .deadlineExceeded: (.deadlineExceeded, "The answer took too long; please ask again.")
            case .refused:
                (.llmUnavailable, "The language model declined to answer this; please put the question another way.")
            case .contextTooLong:
                (.llmUnavailable, "This is too long for the language model; please ask a shorter question.")
            case .circuitOpen:
                (
                    .llmUnavailable,
                    "The language model has failed too often just now and is being left alone; please ask again in "
                        + "\(error.retryAfter.map(Self.roughly) ?? "a moment")."
                )
            case .timeout:
                (.llmUnavailable, "The language model took too long to answer; please ask again in a moment.")
            case _ where error.isRetryable:
                (.llmUnavailable, "The language model cannot be reached just now; please ask again in a moment.")
            default: (.llmUnavailable, "The language model cannot be used just now; please tell the course's staff.")
            }
        return AnsweringError(
            code, sentence, isRetryable: error.isRetryable,
            endsJob: error.code == .timeout || error.code == .circuitOpen, retryAfter: error.retryAfter,
            cause: error.label)
    }

    private static func roughly(_ wait: Duration) -> String {
        let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
        return seconds < 90 ? "\(seconds) s" : "\((seconds + 59) / 60) minutes"
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

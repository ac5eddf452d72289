import Support

/// What the chat service counts; `docs/operations.md` says what each series means. One for a process.
package struct ChatMetrics: Sendable {
    /// How a question or a document ended.
    enum Outcome: String, CaseIterable {
        /// Answered from the course, with a citation that holds.
        case good
        /// Answered without such a citation: mostly a question that the course does not cover.
        case ungrounded
        /// A greeting or thanks, answered in kind.
        case aside
        /// Passages quoted because no language model could be reached.
        case degraded
        case failed, cancelled
        /// Of a document.
        case ready
    }

    /// From milliseconds to the longest deadline of a question.
    private static let waits: [Double] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300]
    private static let documentTimes: [Double] = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400]

    let http: HTTPMetrics
    /// nil where tracing is off.
    package let tracer: Tracer?
    /// By which deadlines are made.
    private let limits: JobLimits
    /// Looked up once: this one is on the way of every question's 202.
    private let accepted: [AnswerMode: Counter.Series]
    private let ended: Counter
    private let attempts: Counter
    private let retries: Counter
    private let handedBack: Counter
    private let wait: Histogram
    let firstDelta: Histogram
    private let duration: Histogram
    let retrieval: Histogram
    let restarts: Counter
    private let courseTokens: Counter
    private let courseCost: Counter
    private let documentsAccepted: Counter
    private let documentsEnded: Counter
    private let documentDuration: Histogram

    package init(_ metrics: Metrics = Metrics(), limits: JobLimits = JobLimits(), tracer: Tracer? = nil) {
        self.limits = limits
        self.tracer = tracer
        let accepted = metrics.counter(
            "gepeto_questions_accepted_total", "Questions that were promised an answer.", labels: ["mode"])
        self.accepted = Dictionary(
            uniqueKeysWithValues: AnswerMode.allCases.map { ($0, accepted.series(["mode": $0.rawValue])) })
        ended = metrics.counter(
            "gepeto_questions_ended_total", "Questions that ended, by outcome and error code.",
            labels: ["outcome", "code"])
        attempts = metrics.counter("gepeto_question_attempts_total", "Times a worker took a question in hand.")
        retries = metrics.counter(
            "gepeto_question_retries_total", "Attempts that failed and will be repeated, by cause.", labels: ["cause"])
        handedBack = metrics.counter(
            "gepeto_jobs_handed_back_total", "Jobs that a shutdown handed back unfinished.", labels: ["kind"])
        wait = metrics.histogram(
            "gepeto_question_wait_seconds", "From the 202 to the first attempt.", buckets: Self.waits)
        firstDelta = metrics.histogram(
            "gepeto_question_first_delta_seconds", "From the 202 to the first text of an attempt.",
            buckets: Self.waits)
        duration = metrics.histogram(
            "gepeto_question_duration_seconds", "From the 202 to the end, by outcome.", labels: ["outcome"],
            buckets: Self.waits)
        retrieval = metrics.histogram(
            "gepeto_retrieval_seconds", "Search for the passages of one attempt.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10])
        restarts = metrics.counter(
            "gepeto_answers_restarted_total", "Streams that broke after text was shown and began anew.")
        // Courses are made by staff, so they are few; beyond what an instrument holds they are counted together.
        courseTokens = metrics.counter(
            "gepeto_course_tokens_total", "Tokens of answers by course, as the providers count them.",
            labels: ["course", "direction"])
        courseCost = metrics.counter(
            "gepeto_course_cost_usd_total", "US dollars of answers by course, where the model's price is known.",
            labels: ["course"])
        documentsAccepted = metrics.counter("gepeto_documents_accepted_total", "Uploads that were promised a reading.")
        documentsEnded = metrics.counter(
            "gepeto_documents_ended_total", "Uploads that ended, by outcome and cause.", labels: ["outcome", "cause"])
        documentDuration = metrics.histogram(
            "gepeto_document_duration_seconds", "From the 202 of an upload to its end.", labels: ["outcome"],
            buckets: Self.documentTimes)
        http = HTTPMetrics(metrics)
        showFromTheStart()
    }

    /// So that a rate also sees the first step of what has not happened yet.
    private func showFromTheStart() {
        for outcome in [Outcome.good, .ungrounded, .aside, .degraded] {
            ended.series(["outcome": outcome.rawValue, "code": "none"])
        }
        for code in JobErrorCode.allCases where code != .documentFailed {
            ended.series(Self.labels(code))
        }
    }

    private static func labels(_ code: JobErrorCode) -> Metrics.Labels {
        ["outcome": outcome(code).rawValue, "code": code.rawValue]
    }

    private static func outcome(_ answer: Answer) -> Outcome {
        if answer.metadata.model == AnswerMetadata.smallTalkModel { return .aside }
        return answer.metadata.degraded ? .degraded : answer.grounded ? .good : .ungrounded
    }

    private static func outcome(_ code: JobErrorCode) -> Outcome { code == .cancelled ? .cancelled : .failed }

    // MARK: - Questions

    package func acceptedQuestion(_ mode: AnswerMode) { accepted[mode]?.add() }

    /// How long ago the job was accepted, by the clock that its deadline goes by: the wall clock may have been set since.
    /// - Parameter steady: `TimeSource.steady`.
    func age(_ job: Job, at steady: Timestamp) -> Duration {
        max(limits.deadline(job.kind) - (job.deadline - steady), .zero)
    }

    /// - Parameter steady: `TimeSource.steady`.
    func leased(_ lease: Lease, at steady: Timestamp) {
        guard lease.job.kind == .question else { return }
        attempts.add()
        if lease.attempt == 1 { wait.observe(age(lease.job, at: steady)) }
    }

    func retried(_ lease: Lease, because cause: String) {
        if lease.job.kind == .question { retries.add(1, ["cause": cause]) }
    }

    func handedBack(_ lease: Lease) { handedBack.add(1, ["kind": lease.job.kind.rawValue]) }

    /// Of jobs that ended with their conversation or document.
    func cancelled(_ kind: JobKind, count: Int = 1) {
        switch kind {
        case .question: ended.add(Double(count), Self.labels(.cancelled))
        case .document:
            documentsEnded.add(
                Double(count), ["outcome": Outcome.cancelled.rawValue, "cause": JobErrorCode.cancelled.rawValue])
        }
    }

    // MARK: - Both kinds

    /// - Parameter steady: `TimeSource.steady`.
    func finished(_ lease: Lease, _ outcome: JobOutcome, at steady: Timestamp) {
        let time = age(lease.job, at: steady)
        switch outcome {
        case .answered(let answer, _):
            let outcome = Self.outcome(answer)
            ended.add(1, ["outcome": outcome.rawValue, "code": "none"])
            duration.observe(time, ["outcome": outcome.rawValue])
            used(answer.metadata, in: lease.job.course)
        case .ingested:
            documentsEnded.add(1, ["outcome": Outcome.ready.rawValue, "cause": "none"])
            documentDuration.observe(time, ["outcome": Outcome.ready.rawValue])
        case .failed(let failure):
            ended(lease.job.kind, failure, after: time)
        }
    }

    private func used(_ answer: AnswerMetadata, in course: CourseID) {
        // What cost nothing makes no series: most answers of a course without a model.
        guard answer.tokensInput + answer.tokensOutput > 0 else { return }
        courseTokens.add(Double(answer.tokensInput), ["course": course.name, "direction": "input"])
        courseTokens.add(Double(answer.tokensOutput), ["course": course.name, "direction": "output"])
        if let cost = answer.costUsd { courseCost.add(cost, ["course": course.name]) }
    }

    /// - Parameter time: since the 202; nil where that is not known.
    func ended(_ kind: JobKind, _ failure: JobFailure, after time: Duration?) {
        let outcome = Self.outcome(failure.code).rawValue
        switch kind {
        case .question:
            ended.add(1, Self.labels(failure.code))
            if let time { duration.observe(time, ["outcome": outcome]) }
        case .document:
            documentsEnded.add(1, ["outcome": outcome, "cause": failure.cause])
            if let time { documentDuration.observe(time, ["outcome": outcome]) }
        }
    }

    // MARK: - Documents

    func acceptedDocument() { documentsAccepted.add() }
}

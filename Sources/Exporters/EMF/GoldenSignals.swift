import Support

/// The figures that alarms and dashboards are made of, as CloudWatch's metrics: few, for each costs money.
///
/// Dimensions are the service, and beside it a provider, or a course for what it used; both sets are bounded where they are
/// counted.
struct GoldenSignals: Sendable {
    let namespace: String
    let service: String

    /// - Parameter before: the figures of the last time; nil at the first.
    func documents(_ now: [MetricFamily], since before: [MetricFamily]?) -> [EMFDocument] {
        let figures = FigureDifference(now, since: before)
        let providers = figures.values(of: "provider", in: "gepeto_llm_calls_total")
        let courses = figures.values(of: "course", in: "gepeto_course_tokens_total")
        return [whole(figures)] + providers.map { provider($0, figures) } + courses.compactMap { course($0, figures) }
    }

    private func document(_ more: (name: String, value: String)? = nil) -> EMFDocument {
        EMFDocument(namespace, [("service", service)] + [more].compactMap { $0 })
    }

    private func whole(_ figures: FigureDifference) -> EMFDocument {
        var document = document()
        func isQuestion(_ labels: MetricFamily.Labels) -> Bool { labels["kind"] == "question" }
        document.add("QuestionsAccepted", .count, figures.gain("gepeto_questions_accepted_total"))
        for outcome in ["good", "ungrounded", "degraded", "failed"] {
            document.add(
                "Questions" + outcome.prefix(1).uppercased() + outcome.dropFirst(), .count,
                figures.gain("gepeto_questions_ended_total") { $0["outcome"] == outcome })
        }
        document.add(
            "QuestionsWaiting", .count,
            figures.level("gepeto_jobs") { isQuestion($0) && $0["state"] != "leased" })
        document.add(
            "QuestionsInHand", .count, figures.level("gepeto_jobs") { isQuestion($0) && $0["state"] == "leased" })
        document.add("OldestQuestionAge", .seconds, figures.level("gepeto_jobs_oldest_waiting_seconds", isQuestion))
        document.add("DeadLetters", .count, figures.level("gepeto_dead_letters"))
        document.add("AnswerRate", .percent, figures.level("gepeto_answer_rate").map { $0 * 100 })
        document.add("WebSocketsOpen", .count, figures.level("gepeto_websockets_open"))
        document.add("Requests", .count, figures.gain("gepeto_http_requests_total"))
        for status in ["4xx", "5xx"] {
            document.add(
                "Requests" + status, .count, figures.gain("gepeto_http_requests_total") { $0["status"] == status })
        }
        add(figures.values("gepeto_question_wait_seconds"), as: "QuestionWait", to: &document)
        add(figures.values("gepeto_question_first_delta_seconds"), as: "FirstText", to: &document)
        add(figures.values("gepeto_question_duration_seconds"), as: "QuestionTime", to: &document)
        return document
    }

    private func provider(_ provider: String, _ figures: FigureDifference) -> EMFDocument {
        var document = document(("provider", provider))
        func isIts(_ labels: MetricFamily.Labels) -> Bool { labels["provider"] == provider }
        document.add("ModelCalls", .count, figures.gain("gepeto_llm_calls_total", isIts))
        document.add(
            "ModelFailures", .count,
            figures.gain("gepeto_llm_calls_total") {
                isIts($0) && $0["outcome"] != "ok" && $0["outcome"] != "cancelled"
            })
        document.add("BreakerState", .none, figures.level("gepeto_llm_breaker_state", isIts))
        document.add("ModelTokens", .count, figures.gain("gepeto_llm_tokens_total", isIts))
        document.add("ModelCostUSD", .none, figures.gain("gepeto_llm_cost_usd_total", isIts))
        add(figures.values("gepeto_llm_call_seconds", isIts), as: "ModelTime", to: &document)
        add(figures.values("gepeto_llm_first_text_seconds", isIts), as: "ModelFirstText", to: &document)
        return document
    }

    /// nil for one that used nothing meanwhile.
    private func course(_ course: String, _ figures: FigureDifference) -> EMFDocument? {
        func isIts(_ labels: MetricFamily.Labels) -> Bool { labels["course"] == course }
        guard let tokens = figures.gain("gepeto_course_tokens_total", isIts), tokens > 0 else { return nil }
        var document = document(("course", course))
        document.add("CourseTokens", .count, tokens)
        document.add("CourseCostUSD", .none, figures.gain("gepeto_course_cost_usd_total", isIts))
        return document
    }

    private func add(_ values: HistogramSnapshot?, as name: String, to document: inout EMFDocument) {
        guard let values else { return }
        document.add(name + "Average", .seconds, values.average)
        document.add(name + "P99", .seconds, values.quantile(0.99))
    }
}

import LLM
import Support

extension AnsweringError {
    /// What a student reads; the operator finds the reason in the log.
    ///
    /// Nobody waits through two timeouts, nor for a breaker to close: those end the job at once.
    init(explaining error: LanguageModelError) {
        let (code, sentence): (Code, String) =
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
        self.init(
            code, sentence, isRetryable: error.isRetryable,
            endsJob: error.code == .timeout || error.code == .circuitOpen, retryAfter: error.retryAfter,
            cause: error.label)
    }

    private static func roughly(_ wait: Duration) -> String {
        let seconds = max(1, Int(wait.inSeconds.rounded(.up)))
        return seconds < 90 ? "\(seconds) s" : "\((seconds + 59) / 60) minutes"
    }
}

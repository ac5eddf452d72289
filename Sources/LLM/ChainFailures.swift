import Support

/// Why the models of a chain gave no answer, and which of the reasons is told. A pure value.
struct ChainFailures: Sendable {
    private var remote: [LanguageModelError] = []
    private var local: LanguageModelError?

    /// A later failure of the same model takes the place of an earlier one.
    mutating func add(_ failure: LanguageModelError, isLocal: Bool) {
        if isLocal {
            local = failure
        } else if let index = remote.firstIndex(where: { $0.provider == failure.provider && $0.model == failure.model })
        {
            remote[index] = failure
        } else {
            remote.append(failure)
        }
    }

    /// The reason from which follow the sentence for the student and whether the job is worth another try; nil when no
    /// model was asked.
    ///
    /// A timeout first: who has waited through one is not made to wait through another. Then whatever may pass soonest.
    /// Then what is wrong with the question or the configuration; last, that all breakers are open, with the time until
    /// the first one lets a call through. Local models only stand in: their reasons are told when there are no others.
    var verdict: LanguageModelError? {
        if let timeout = remote.first(where: { $0.code == .timeout }) { return timeout }
        func soonest(_ failures: [LanguageModelError]) -> LanguageModelError? {
            failures.min { $0.retryAfter ?? .zero < $1.retryAfter ?? .zero }
        }
        let open = remote.filter { $0.code == .circuitOpen }
        let others = remote.filter { $0.code != .circuitOpen }
        return soonest(others.filter(\.isRetryable)) ?? others.first ?? soonest(open) ?? local
    }
}

import Support

/// One call to a model, given up when its first text does not come in time.
struct ModelCall: Sendable {
    struct Ending: Sendable {
        /// nil when the model answered to the end.
        var error: (any Error)?
        /// Whether any text was handed on.
        var hasShown: Bool
        /// Whether the time for the first text was over; the error is then `timeout`.
        var wasGivenUp: Bool
        var pace: CallPace
        var took: Duration
    }

    private struct Progress {
        var hasShown = false
        var isGivenUp = false
        var pace: CallPace
    }

    private let model: any LanguageModel
    private let request: GenerationRequest
    private let time: any TimeSource

    init(_ model: any LanguageModel, _ request: GenerationRequest, time: any TimeSource) {
        self.model = model
        self.request = request
        self.time = time
    }

    /// - Parameter yield: told of each event that is to be handed on.
    func run(_ yield: @escaping @Sendable (GenerationEvent) -> Void) async -> Ending {
        let start = time.elapsed
        let progress = Locked(Progress(pace: CallPace(start: start)))
        let error = await withTaskGroup(of: (any Error)??.self) { group in
            group.addTask {
                do {
                    try await read(progress, yield)
                    return .some(nil)
                } catch {
                    return .some(error)
                }
            }
            if let end = request.firstTextBy {
                group.addTask {
                    do { try await time.sleep(for: end - time.elapsed) } catch { return .none }
                    let isLate = progress.withLock { progress in
                        if !progress.hasShown { progress.isGivenUp = true }
                        return progress.isGivenUp
                    }
                    return isLate ? .some(self.error(.timeout)) : .none
                }
            }
            defer { group.cancelAll() }
            while let ending = await group.next() {
                if case .some(let error) = ending { return error }
            }
            return CancellationError()
        }
        let final = progress.withLock { $0 }
        return Ending(
            error: error, hasShown: final.hasShown, wasGivenUp: final.isGivenUp, pace: final.pace,
            took: time.elapsed - start)
    }

    /// Reads to the stream's end, not only to `finished`: who stops earlier has the connection closed.
    private func read(_ progress: Locked<Progress>, _ yield: (GenerationEvent) -> Void) async throws {
        var isWhole = false
        for try await event in model.generate(request) {
            switch event {
            case .text(let text) where text.isEmpty: continue
            case .text(let text):
                let now = time.elapsed
                let isWanted = progress.withLock { progress in
                    guard !progress.isGivenUp else { return false }
                    progress.hasShown = true
                    progress.pace.received(text, at: now)
                    return true
                }
                guard isWanted else { throw error(.timeout) }
                yield(event)
            case .restarted: yield(event)
            case .finished:
                isWhole = true
                yield(event)
            }
        }
        if isWhole { return }
        // A stream also ends, without an error, when the task that reads it is cancelled.
        try Task.checkCancellation()
        throw error(.truncatedStream)
    }

    private func error(_ code: LanguageModelError.Code) -> LanguageModelError {
        LanguageModelError(code, provider: model.provider, model: model.model)
    }
}

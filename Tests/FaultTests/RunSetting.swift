import ChatService
import LLM
import Support
import TestSupport

/// What all processes of a run have in common: the world outside and the configuration.
struct RunSetting: Sendable {
    let seed: UInt64
    let world = WorldClock()
    let calls = FaultyModel.Calls()
    /// Outcomes of a stopped worker that came too late.
    let refusedOutcomes = Locked(0)
    let course: StackCourse
    var limits = JobLimits()
    var parameters = WorkerParameters()

    init(seed: UInt64) async throws {
        self.seed = seed
        course = try await StackCourse()
        limits.deadline = .seconds(60)
        limits.tries = 4
        parameters.concurrency = 2
        parameters.visibility = .seconds(6)
        parameters.tries = limits.tries
        parameters.backoff = Backoff(base: .milliseconds(300), cap: .seconds(3))
    }

    /// Two providers that fail, and, with every second seed, the quotes behind them.
    func answerer(time: any TimeSource, freezer: Freezer) -> Answerer {
        let embedder = course.embedder
        var models: [any LanguageModel] = ["groq", "openai"].map {
            FaultyModel($0, seed: seed, calls: calls, time: time, freezer: freezer)
        }
        if seed.isMultiple(of: 2) {
            models.append(
                ExtractiveModel(embed: { try await embedder.embed($0) }, dimension: embedder.space.dimension))
        }
        return Answerer(
            library: course, model: ModelChain(models, time: time), embed: { try await embedder.embed($0) }, time: time,
            log: .silent)
    }
}

import LLM
import Support
import TestSupport

/// A provider that fails as providers do. What it does is drawn from the seed, the question and the number of the call,
/// so that a run can be met again however its tasks take turns.
final class FaultyModel: LanguageModel {
    /// How often which question was asked, over all models of a run and all its processes.
    final class Calls: Sendable {
        private let counts = Locked<[String: Int]>([:])

        func next(_ key: String) -> Int {
            counts.withLock { counts in
                counts[key, default: 0] += 1
                return counts[key, default: 0]
            }
        }

        var total: Int { counts.withLock { $0.values.reduce(0, +) } }
    }

    let provider: String
    let model = "faulty"
    private let seed: UInt64
    private let calls: Calls
    private let time: any TimeSource
    private let freezer: Freezer

    init(_ provider: String, seed: UInt64, calls: Calls, time: any TimeSource, freezer: Freezer) {
        self.provider = provider
        self.seed = seed
        self.calls = calls
        self.time = time
        self.freezer = freezer
    }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let tag = Tag.all(in: request.messages.last?.content ?? "").last ?? ""
        var numbers = LinearCongruential(seed: seed)
        for byte in "\(provider) \(tag) \(calls.next("\(provider) \(tag)"))".utf8 {
            numbers = LinearCongruential(seed: numbers.next() ^ UInt64(byte))
        }
        let choices = numbers
        let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        // Not a child task: the stream outlives the call that makes it. It ends with the stream.
        let task = Task {
            do {
                try await perform(tag, choices, into: continuation)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return events
    }

    private func perform(
        _ tag: String, _ choices: LinearCongruential,
        into continuation: AsyncThrowingStream<GenerationEvent, any Error>
            .Continuation
    ) async throws {
        var choices = choices
        let pieces = ["A stack is a list ", "(\(tag)) where the last ", "element in is the ", "first one out [1]."]
        func say(_ pieces: some Sequence<String>, pause: Duration) async throws {
            for piece in pieces {
                if pause > .zero { try await time.sleep(for: pause) }
                await freezer.pass()
                continuation.yield(.text(piece))
            }
        }
        func fail(_ code: LanguageModelError.Code, status: Int? = nil, retryAfter: Duration? = nil)
            -> LanguageModelError
        {
            LanguageModelError(code, provider: provider, model: model, status: status, retryAfter: retryAfter)
        }
        let shown = pieces.prefix(Int.random(in: 1...3, using: &choices))
        switch Int.random(in: 0..<100, using: &choices) {
        case 0..<45: try await say(pieces, pause: .milliseconds(Int.random(in: 0...80, using: &choices)))
        case 45..<52: try await say(pieces, pause: .milliseconds(Int.random(in: 500...2_500, using: &choices)))
        case 52..<57: throw fail(.unreachable)
        case 57..<62: throw fail(.rateLimited, status: 429)
        case 62..<66:
            throw fail(
                .rateLimited, status: 429, retryAfter: .milliseconds(Int.random(in: 200...4_000, using: &choices)))
        case 66..<72: throw fail(.serverError, status: 500)
        case 72..<75: throw fail(.overloaded, status: 529)
        case 75..<79: throw fail(.malformedResponse)
        case 79..<81: throw fail(.emptyAnswer)
        case 81..<83: throw fail(.badKey, status: 401)
        case 83..<88:
            try await time.sleep(for: .seconds(3))
            throw fail(.timeout)
        case 88..<94:
            try await say(shown, pause: .milliseconds(20))
            throw fail(.truncatedStream)
        case 94..<98:
            try await say(shown, pause: .milliseconds(20))
            try await time.sleep(for: .seconds(3))
            throw fail(.timeout)
        default:
            try await say(shown, pause: .milliseconds(20))
            throw fail(.serverError, status: 500)
        }
        await freezer.pass()
        continuation.yield(
            .finished(
                GenerationUsage(provider: provider, model: model, inputTokens: 10, outputTokens: 20, costUSD: 0)))
    }
}

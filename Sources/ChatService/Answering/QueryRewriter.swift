import LLM
import Support

/// Has a language model say a follow-up as one query that stands alone: a short call with little time, whose answer is only
/// ever searched for, never shown.
///
/// Nothing depends on it: when it fails, in whatever way, the local rule is used (`StandaloneQuery`). Its model should
/// stand behind a breaker of its own, so that what goes wrong here does not keep answers back.
package final class QueryRewriter: Sendable {
    /// What a call gave, and what it took: nothing when the query was known.
    struct Rewriting: Sendable, Equatable {
        /// nil when the model said nothing that can be searched for.
        let query: String?
        let usage: GenerationUsage?
    }

    package struct Limits: Sendable {
        /// For the whole call.
        package var time = Duration.seconds(2)
        package var outputTokens = 64
        /// Characters of a query; a longer one is no query.
        package var query = 300
        /// Messages of the conversation that the model sees, and characters of each.
        package var turns = 6
        package var turn = 600
        /// Queries that are remembered.
        package var memory = 512

        package init() {}
    }

    /// Queries by a hash of what was asked, the oldest first.
    private struct Memory {
        var queries: [String: String] = [:]
        var order: [String] = []
    }

    private let model: any LanguageModel
    private let cache: (any ContextCache)?
    private let limits: Limits
    private let time: any TimeSource
    private let log: Log
    private let memory = Locked(Memory())

    /// - Parameter cache: beside this process's own memory; nil where there is no other process.
    package init(
        model: any LanguageModel, cache: (any ContextCache)? = nil, limits: Limits = Limits(),
        time: any TimeSource = SystemTime(), log: Log = .silent
    ) {
        self.model = model
        self.cache = cache
        self.limits = limits
        self.time = time
        self.log = log
    }

    /// - Parameters:
    ///   - history: oldest first, the question not included.
    ///   - language: in which to search: `pt` or `en`.
    ///   - deadline: when the answer itself must be there.
    /// - Returns: nil when the call failed.
    func rewrite(_ question: String, history: [Turn], into language: String, deadline: Duration?) async -> Rewriting? {
        let messages = RewritingPrompt(limits: limits).messages(question, history, into: language)
        let context = [model.provider, model.model] + messages.map(\.content)
        let key = SHA256.hex(context.joined(separator: "\u{0}").utf8)
        if let known = memory.withLock({ $0.queries[key] }) { return Rewriting(query: known, usage: nil) }
        if let known = await cache?.value(key).flatMap({ Self.query(in: $0, limits.query) }) {
            remember(known, for: key)
            return Rewriting(query: known, usage: nil)
        }
        let end = min(time.elapsed + limits.time, deadline ?? .seconds(Int64.max / 2))
        var request = GenerationRequest(
            messages: messages, question: question, language: language, maxOutputTokens: limits.outputTokens,
            temperature: 0, deadline: end)
        request.firstTextBy = end
        do {
            let (text, usage) = try await generate(request, until: end)
            guard let query = Self.query(in: text, limits.query) else {
                log.info("a rewriting was no query")
                return Rewriting(query: nil, usage: usage)
            }
            remember(query, for: key)
            await cache?.keep(query, as: key)
            return Rewriting(query: query, usage: usage)
        } catch {
            log.info("a question was not rewritten", ["error": error.label])
            return nil
        }
    }

    /// The text of one generation, which ends at `end` at the latest.
    private func generate(_ request: GenerationRequest, until end: Duration) async throws -> (String, GenerationUsage) {
        try await withThrowingTaskGroup(of: (String, GenerationUsage).self) { [model, limits, time] group in
            group.addTask {
                var text = ""
                for try await event in model.generate(request) {
                    switch event {
                    // A model that does not stop is not read to its end.
                    case .text(let piece) where text.utf8.count < 4 * limits.query: text += piece
                    case .text:
                        throw LanguageModelError(.malformedResponse, provider: model.provider, model: model.model)
                    case .restarted: text = ""
                    case .finished(let usage): return (text, usage)
                    }
                }
                try Task.checkCancellation()
                throw LanguageModelError(.truncatedStream, provider: model.provider, model: model.model)
            }
            group.addTask {
                try await time.sleep(for: end - time.elapsed)
                throw LanguageModelError(.timeout, provider: model.provider, model: model.model)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func remember(_ query: String, for key: String) {
        memory.withLock { memory in
            if memory.queries.updateValue(query, forKey: key) == nil { memory.order.append(key) }
            if memory.order.count > limits.memory { memory.queries[memory.order.removeFirst()] = nil }
        }
    }

    /// The one line of `text` that is a query: nil when there are more, or none, or it is too long.
    static func query(in text: String, _ longest: Int) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map(trimmed).filter { !$0.isEmpty }
        guard lines.count == 1, let line = lines.first, line.count <= longest,
            !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            Words.folded(line, limit: 200).contains(where: { !StopWords.all.contains($0) })
        else { return nil }
        return line
    }

    /// Without blanks and the quotation marks that models like to put around it.
    private static func trimmed(_ line: Substring) -> String {
        let outer: Set<Character> = ["\"", "“", "”", "'", "`", " ", "\t"]
        var line = line
        while let first = line.first, outer.contains(first) { line.removeFirst() }
        while let last = line.last, outer.contains(last) { line.removeLast() }
        return String(line)
    }
}

import Support

/// Answers by quoting: the sentences of the given passages that come nearest to the question, each with its marker.
///
/// Needs no key and no network, so it is the default when nothing is configured and the last of a chain when all else is
/// down. It composes nothing, and the answer says so. The same request gives the same answer. Without vectors (the
/// embedder failed) it goes by words alone.
package struct ExtractiveModel: LanguageModel {
    package static let providerName = "extractive"
    package let provider = Self.providerName
    package let model = "best-sentences"
    package let isLocal = true
    private let embed: @Sendable ([String]) async throws -> [Float]
    private let dimension: Int

    /// The most quoted text, in characters.
    private static let characterLimit = 1200

    /// - Parameters:
    ///   - embed: texts in, their vectors of unit length out, one after the other, `dimension` floats each.
    package init(embed: @escaping @Sendable ([String]) async throws -> [Float], dimension: Int) {
        self.embed = embed
        self.dimension = dimension
    }

    /// - Throws (from the stream): `LanguageModelError` (`no_evidence`) when no passage has a sentence to quote.
    package func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        .made { continuation in
            for piece in try await self.pieces(for: request) {
                try Task.checkCancellation()
                continuation.yield(.text(piece))
            }
            continuation.yield(
                .finished(
                    GenerationUsage(
                        provider: self.provider, model: self.model, inputTokens: 0, outputTokens: 0, costUSD: 0)))
        }
    }

    private func pieces(for request: GenerationRequest) async throws -> [String] {
        let quotes = Quote.all(in: request.evidence)
        let selection = QuoteSelection(quotes, question: request.question)
        let candidates = selection.candidates()
        guard !candidates.isEmpty else { throw LanguageModelError(.noEvidence, provider: provider, model: model) }
        let vectors = try await vectors(of: [request.question] + candidates.map { quotes[$0].text })
        let slots = Dictionary(uniqueKeysWithValues: candidates.enumerated().map { ($1, $0 + 1) })
        let chosen = selection.choose(
            candidates, similarities: vectors.isEmpty ? [] : candidates.indices.map { vectors.cosine(0, $0 + 1) },
            // A marker and a token of some four characters a word: never more than the caller wants to pay for.
            characterLimit: min(Self.characterLimit, max(200, request.maxOutputTokens * 3))
        ) { one, other in
            guard !vectors.isEmpty, let one = slots[one], let other = slots[other] else { return nil }
            return vectors.cosine(one, other)
        }
        // All may be longer than the limit allows; then the first candidate is better than nothing.
        return QuotedAnswer.pieces(
            of: (chosen.isEmpty ? Array(candidates.prefix(1)) : chosen).map { quotes[$0] }, language: request.language)
    }

    private func vectors(of texts: [String]) async throws -> Vectors {
        do {
            let floats = try await embed(texts)
            return Vectors(floats: floats.count == texts.count * dimension ? floats : [], dimension: dimension)
        } catch let error as CancellationError {
            throw error
        } catch {
            return Vectors(floats: [], dimension: dimension)
        }
    }
}

/// Vectors of unit length, one after the other.
private struct Vectors {
    let floats: [Float]
    let dimension: Int

    var isEmpty: Bool { floats.isEmpty }

    func cosine(_ one: Int, _ other: Int) -> Double {
        var sum: Float = 0
        for index in 0..<dimension { sum += floats[one * dimension + index] * floats[other * dimension + index] }
        return Double(sum)
    }
}

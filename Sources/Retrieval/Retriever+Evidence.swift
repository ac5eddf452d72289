import CourseStore

extension Retriever {
    /// The best passages, in which the question's words are looked for.
    private static let evidencePassages = 3

    /// How well `passages`, made of the best of `ranked`, seem to answer the question.
    func evidence(for query: String, ranked: [RankedChunk], passages: [Passage]) async throws -> EvidenceSignals {
        EvidenceSignals(
            topSimilarity: ranked.reduce(0) { max($0, $1.similarity ?? 0) },
            topLexical: ranked.reduce(0) { max($0, $1.lexicalScore ?? 0) },
            coverage: try await coverage(of: query, in: passages.prefix(Self.evidencePassages)))
    }

    /// See `EvidenceSignals.coverage`.
    private func coverage(of query: String, in passages: ArraySlice<Passage>) async throws -> Double {
        let occurrences = try await course.occurrences(query, in: passages.flatMap(\.chunkIDs))
        let chunks = try await course.counts().chunks
        var (found, all) = (0.0, 0.0)
        for word in occurrences {
            let weight = AskedWords.inverseDocumentFrequency(word.frequency, of: chunks)
            all += weight
            if !word.chunkIDs.isEmpty { found += weight }
        }
        return all > 0 ? found / all : 0
    }
}

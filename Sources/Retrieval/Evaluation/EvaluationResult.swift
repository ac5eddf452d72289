/// What an evaluation found: means over all queries that have a relevant document.
package struct EvaluationResult: Sendable, Codable, Equatable {
    package let mode: SearchMode
    /// Whether the best were looked at more closely (`Reranker`); a hybrid search only.
    package let isReranked: Bool
    package let documents: Int
    package let chunks: Int
    package let queries: Int
    /// Relevant documents that are not in the corpus: they count as not found.
    package let missingDocuments: Int
    package let nDCGAt10: Double
    package let recallAt5: Double
    package let recallAt10: Double
    package let recallAt100: Double
    package let meanReciprocalRankAt10: Double
    /// Milliseconds for one query, embedding included, one query at a time.
    package let latencyP50: Double
    package let latencyP95: Double
    package let seconds: Double

    private enum CodingKeys: String, CodingKey {
        case mode, documents, chunks, queries, missingDocuments
        case isReranked = "reranked"
        case nDCGAt10 = "ndcg@10"
        case recallAt5 = "recall@5"
        case recallAt10 = "recall@10"
        case recallAt100 = "recall@100"
        case meanReciprocalRankAt10 = "mrr@10"
        case latencyP50 = "latencyMsP50"
        case latencyP95 = "latencyMsP95"
        case seconds
    }
}

/// How far an evaluation is.
package struct EvaluationProgress: Sendable, Equatable {
    package enum Phase: String, Sendable {
        case indexing, querying
    }

    package let phase: Phase
    /// Documents or queries.
    package let done: Int
    /// 0 to 1, of this phase.
    package let fraction: Double

    package init(phase: Phase, done: Int, fraction: Double) {
        self.phase = phase
        self.done = done
        self.fraction = fraction
    }
}

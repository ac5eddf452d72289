import CourseStore
import Embedding

/// What weights are learned from: what the closer look sees of a query's best chunks, and which of them are relevant.
package struct QuerySignals: Sendable, Codable {
    package struct Look: Sendable, Codable {
        /// The chunk's document, as the corpus calls it.
        let document: String
        /// As judged; 0 when it was not.
        let relevance: Int
        let similarity: Double
        let lexical: Double
        let familiarity: Double
        let wide: Double
        let narrow: Double
        let pairs: Double
        let coverage: Double
        let exact: Double
        let akin: Double
    }

    package let query: String
    /// At most as many as the closer look takes, in the fused order.
    package let looks: [Look]
}

extension Evaluation {
    /// Asks every judged query and reports what `Reranker` weighs.
    /// - Throws: `EvaluationError`, and what `report` throws.
    package func signals(
        on course: CourseFile, embedder: any Embedder, report: @Sendable (QuerySignals) throws -> Void
    ) async throws {
        let judged = try await judgedSet()
        let paths = Dictionary(uniqueKeysWithValues: try await course.documents().map { ($0.id, $0.path) })
        let retriever = Retriever(course: course, embedder: embedder)
        for query in judged.queries {
            try Task.checkCancellation()
            let looks = try await retriever.looks(query.text)
            let documents = try await course.documentIDs(ofChunks: looks.map(\.chunk)).map { paths[$0] ?? "" }
            let relevance = judged.relevance[query.id] ?? [:]
            try report(
                QuerySignals(
                    query: query.id,
                    looks: zip(looks, documents).map { look, document in
                        QuerySignals.Look(
                            document: document, relevance: relevance[document] ?? 0, similarity: look.similarity,
                            lexical: look.lexical, familiarity: look.familiarity.value, wide: look.signals.wide,
                            narrow: look.signals.narrow, pairs: look.signals.pairs, coverage: look.signals.coverage,
                            exact: look.signals.exact, akin: look.signals.akin)
                    }))
        }
    }
}

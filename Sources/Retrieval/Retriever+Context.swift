import CourseStore
import Embedding

extension Retriever {
    /// The vector of what is asked: the query's own with those of its context, as they weigh, of unit length.
    func vector(of query: RetrievalQuery) async throws -> [Float] {
        let context = query.context.filter { $0.meaning > 0 }
        guard !context.isEmpty else { return try await embedder.embed(query: query.text) }
        let vectors = try await embedder.embed(
            [query.text] + context.map(\.text), as: .query, priority: .interactive)
        let dimension = embedder.space.dimension
        guard vectors.count == dimension * (context.count + 1) else {
            throw CourseStoreError.wrongVectorCount(expected: dimension * (context.count + 1), found: vectors.count)
        }
        var mixed = Array(vectors[..<dimension])
        for (index, part) in context.enumerated() {
            let weight = Float(part.meaning)
            let start = (index + 1) * dimension
            for place in 0..<dimension { mixed[place] += weight * vectors[start + place] }
        }
        let length = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Opposite vectors may cancel out; the query's own says more than nothing.
        guard length > 1e-6 else { return Array(vectors[..<dimension]) }
        return mixed.map { $0 / length }
    }

    /// `candidates`, found by `vector` and the query's own words, with those that its context finds, and with scores by the
    /// words of both. Ranks stay those of the query's own words.
    func joined(
        _ candidates: [Candidate], _ query: RetrievalQuery, _ vector: [Float], depth: Int
    ) async throws -> [Candidate] {
        let context = query.context.filter { $0.words > 0 }
        guard !context.isEmpty else { return candidates }
        var candidates = candidates
        var known = Set(candidates.map(\.id))
        var new: [Int64] = []
        for part in context {
            for chunk in try await course.lexicalSearch(part.text, limit: depth, without: hidden)
            where known.insert(chunk.id).inserted {
                new.append(chunk.id)
            }
        }
        let similarities = try await course.similarities(vector, ids: new)
        candidates += new.map {
            Candidate(id: $0, similarity: Double(similarities[$0] ?? 0), lexicalScore: 0)
        }
        let own = try await course.lexicalScores(query.text, ids: new, without: hidden)
        for index in candidates.indices {
            if let score = own[candidates[index].id] { candidates[index].lexicalScore = Double(score) }
        }
        let ids = candidates.map(\.id)
        for part in context {
            let scores = try await course.lexicalScores(part.text, ids: ids, without: hidden)
            for index in candidates.indices {
                let score = part.words * Double(scores[candidates[index].id] ?? 0)
                candidates[index].lexicalScore = (candidates[index].lexicalScore ?? 0) + score
            }
        }
        return candidates
    }
}

import Support

/// Gives the vectors a say where words leave a verdict open: one call of the embedder for all of an answer.
struct ClaimVectors {
    let embed: CitationCheck.Embed?

    /// Sentences that are embedded for one answer, claims included; more than an answer worth reading needs.
    private static let limit = 160

    /// Finds for each open claim how near the sentences of its passages come. An embedder that fails leaves the words.
    /// - Throws: `CancellationError`.
    func fill(_ claims: inout [JudgedClaim?]) async throws {
        guard let embed else { return }
        let open = claims.indices.filter { claims[$0]?.isOpen == true }
        guard !open.isEmpty else { return }
        var texts: [String] = []
        var places: [String: Int] = [:]
        func ask(_ text: String) {
            guard places[text] == nil, texts.count < Self.limit else { return }
            places[text] = texts.count
            texts.append(text)
        }
        for index in open {
            guard let claim = claims[index] else { continue }
            ask(claim.text)
            for (_, finding) in claim.findings { sentences(of: finding.match.passage).forEach(ask) }
        }
        for index in open {
            guard let claim = claims[index], claim.findings.contains(where: \.finding.isTranslated) else { continue }
            for passage in claim.others { sentences(of: passage).forEach(ask) }
        }
        let vectors: [Float]
        do {
            vectors = try await embed(texts)
        } catch let error as CancellationError {
            throw error
        } catch {
            return
        }
        let dimension = vectors.count / texts.count
        func cosine(_ one: String, _ other: String) -> Double? {
            guard let left = places[one], let right = places[other] else { return nil }
            return Double(
                (0..<dimension).reduce(Float(0)) {
                    $0 + vectors[left * dimension + $1] * vectors[right * dimension + $1]
                })
        }
        for index in open {
            guard var claim = claims[index] else { continue }
            let elsewhere = claim.others.flatMap(sentences).compactMap { cosine(claim.text, $0) }.max()
            for place in claim.findings.indices {
                let own = sentences(of: claim.findings[place].finding.match.passage)
                let near = own.enumerated().compactMap { offset, sentence in
                    cosine(claim.text, sentence).map { (similarity: $0, sentence: offset) }
                }
                claim.findings[place].finding.nearest = near.max { $0.similarity < $1.similarity }
                claim.findings[place].finding.nearestElsewhere = elsewhere
            }
            claims[index] = claim
        }
    }

    private func sentences(of passage: CheckedPassage) -> [String] { passage.ranges.indices.map(passage.sentence) }
}

/// The passages for a question, best first, and how well they seem to answer it.
package struct RetrievalResult: Sendable {
    package let passages: [Passage]
    package let evidence: EvidenceSignals

    package init(passages: [Passage], evidence: EvidenceSignals) {
        self.passages = passages
        self.evidence = evidence
    }
}

/// What speaks for or against an answer being in the course; a caller sets thresholds on these.
package struct EvidenceSignals: Sendable, Hashable, Codable {
    /// The best cosine of any chunk of the course; 0 when vectors were not looked at.
    package let topSimilarity: Double
    /// The best BM25 score; 0 when words were not looked at.
    package let topLexical: Double
    /// The share, 0 to 1, of the question's content words that occur in the best passages, each word weighing its
    /// inverse document frequency: a rare word that is missing says more than a common one. A word is present in any
    /// of its stemmed forms.
    package let coverage: Double

    package init(topSimilarity: Double, topLexical: Double, coverage: Double) {
        self.topSimilarity = topSimilarity
        self.topLexical = topLexical
        self.coverage = coverage
    }

    package static let none = EvidenceSignals(topSimilarity: 0, topLexical: 0, coverage: 0)
}

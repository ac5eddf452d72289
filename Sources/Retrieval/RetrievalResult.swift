/// The passages for a question, best first, and how well they seem to answer it.
package struct RetrievalResult: Sendable {
    package let passages: [Passage]
    package let evidence: Evidence

    package init(passages: [Passage], evidence: Evidence) {
        self.passages = passages
        self.evidence = evidence
    }
}

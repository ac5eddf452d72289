import Retrieval

/// What the search for a question found and what the gate made of it, for whoever measures answers.
package struct Finding: Sendable {
    /// Best first.
    package let passages: [Passage]
    /// How much speaks for an answer in the course, as the gate judges it.
    package let evidence: Double
}

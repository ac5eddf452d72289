import Retrieval

/// Decides whether the course material speaks of a question at all.
package struct Grounding: Sendable {
    /// The least evidence for an answer, 0...1; measured (docs/decisions/0010-evidence-threshold.md).
    package var threshold: Double

    package init(threshold: Double = 0.46) { self.threshold = threshold }

    /// Evidence as one number in 0...1: half the nearest meaning, half the share of the question's words that were found.
    /// The cosine alone tells little in Portuguese, where an English model finds everything alike; the words alone miss a
    /// question in another language than its answer.
    package static func strength(of signals: EvidenceSignals) -> Double {
        0.5 * max(0, min(1, signals.topSimilarity)) + 0.5 * signals.coverage
    }

    package func isEnough(_ result: RetrievalResult) -> Bool {
        !result.passages.isEmpty && Self.strength(of: result.evidence) >= threshold
    }

    /// What a student is told when there is not enough: plainly, with up to three nearest sections.
    package static func refusal(nearest passages: [Passage], language: String) -> String {
        var places: [String] = []
        for passage in passages {
            var place = passage.documentTitle
            if let section = passage.headings.last { place += " › " + section }
            if let page = passage.pages?.lowerBound {
                place += language == "pt" ? " (página \(page))" : " (page \(page))"
            }
            if !places.contains(place) { places.append(place) }
            if places.count == 3 { break }
        }
        let list = places.map { "- " + $0 }.joined(separator: "\n")
        if language == "pt" {
            let plain = "O material do curso não cobre isso."
            return places.isEmpty ? plain : plain + " As seções mais próximas são:\n\n" + list
        }
        let plain = "The course material does not cover this."
        return places.isEmpty ? plain : plain + " The nearest sections are:\n\n" + list
    }
}

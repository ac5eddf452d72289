import Retrieval

/// Decides whether the course material answers a question, as far as that can be told before it is read.
package struct Grounding: Sendable {
    /// The least score of evidence for an answer, 0 to 1; nil for that of the embedding model's calibration
    /// (docs/decisions/0020-evidence-gate.md).
    package var threshold: Double?

    package init(threshold: Double? = nil) { self.threshold = threshold }

    package func isEnough(_ result: RetrievalResult) -> Bool {
        !result.passages.isEmpty && result.evidence.score >= threshold ?? result.evidence.threshold
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

    /// The sections that a refusal names.
    package static func sections(in refusal: String) -> [String] {
        refusal.split(separator: "\n").filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
    }
}

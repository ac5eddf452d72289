import Support

/// Lays the sentences of one answer beside the passages that were offered for it.
struct ClaimJudge {
    private var vocabulary = ClaimVocabulary()
    private var passages: [(marker: Int, passage: CheckedPassage, known: Set<Int32>)] = []

    /// - Parameter question: names in it, in titles and in headings need not be in a passage.
    init(sources: [Source], question: String) {
        for source in sources {
            let passage = CheckedPassage(source.passage, vocabulary: &vocabulary)
            let context = [question, source.title, source.section ?? ""].joined(separator: "\n")
            let words = ClaimText(context, language: passage.text.language, starts: [0], vocabulary: &vocabulary).tokens
            passages.append((source.marker, passage, Set(words.flatMap { [$0.stem, $0.word] })))
        }
        for index in passages.indices { passages[index].passage.markNames(vocabulary) }
    }

    mutating func judge(_ sentence: AnswerSentence) -> JudgedClaim {
        let claim = CheckedClaim(sentence.text, among: passages.map(\.passage), vocabulary: &vocabulary)
        let cited = passages.filter { sentence.markers.contains($0.marker) }
        let others = passages.filter { !sentence.markers.contains($0.marker) }
        let elsewhere =
            others.map { ClaimMatch(claim.text, in: $0.passage, weights: claim.weights).coverage }.max() ?? 0
        var findings: [(marker: Int, finding: ClaimFinding)] = []
        for (marker, passage, known) in cited {
            var finding = ClaimFinding(claim, in: passage, known: known)
            finding.elsewhere = elsewhere
            findings.append((marker, finding))
        }
        return JudgedClaim(
            text: sentence.text, findings: findings, together: together(claim, findings, cited.map(\.known)),
            others: others.map(\.passage))
    }

    /// The sentences of the cited passages that are nearest to the claim, as one passage.
    private mutating func together(
        _ claim: CheckedClaim, _ findings: [(marker: Int, finding: ClaimFinding)], _ known: [Set<Int32>]
    ) -> ClaimFinding? {
        guard findings.count > 1, !findings.contains(where: { $0.finding.verdict == .supported }) else { return nil }
        let windows = findings.prefix(ClaimMatch.widest).flatMap { _, finding in
            (finding.match.nearestSentence.map { [$0] } ?? []).map { finding.match.passage.sentence($0) }
        }
        var passage = CheckedPassage(windows.joined(separator: "\n\n"), vocabulary: &vocabulary)
        passage.markNames(vocabulary)
        return ClaimFinding(claim, in: passage, known: known.reduce(into: []) { $0.formUnion($1) })
    }
}

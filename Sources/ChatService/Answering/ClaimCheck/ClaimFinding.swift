import Support

/// What one passage has of one claim.
struct ClaimFinding {
    let match: ClaimMatch
    let objections: Set<ClaimObjection>
    /// The longest run of content words in a row that the window does not have, by their weight.
    let missing: Double
    /// Whether claim and passage are in two languages, so that their words say little.
    let isTranslated: Bool
    /// The share that another offered passage has, at best.
    var elsewhere = 0.0
    /// The cosine of the claim and the sentence of the passage nearest to it, and that sentence; nil when not asked for.
    var nearest: (similarity: Double, sentence: Int)?
    /// The best cosine with a sentence of another offered passage; nil when not asked for.
    var nearestElsewhere: Double?

    init(_ claim: CheckedClaim, in passage: CheckedPassage, known: Set<Int32>) {
        // A name that the question brings is no part of what the passage must say.
        let weights = claim.text.tokens.indices.map { index in
            let token = claim.text.tokens[index]
            let isGiven = token.isName && (known.contains(token.stem) || known.contains(token.word))
            return isGiven && passage.places(of: token).isEmpty ? 0 : claim.weights[index]
        }
        match = ClaimMatch(claim.text, in: passage, weights: weights)
        var objections = match.objections(known: known)
        if claim.formulas.contains(where: { !passage.holds(formula: $0) }) { objections.insert(.formula) }
        isTranslated = claim.isOfKnownLanguage && claim.text.language != passage.text.language
        self.objections = isTranslated ? objections.filter(\.holdsAcrossLanguages) : objections
        var (longest, run) = (0.0, 0.0)
        for index in weights.indices where weights[index] > 0 {
            run = match.isInWindow(index) ? 0 : run + weights[index]
            longest = max(longest, run)
        }
        missing = longest
    }

    /// What the passage makes of the claim; the limits are fitted (docs/decisions/0019-citation-verdicts.md).
    var verdict: ClaimVerdict {
        if objections.contains(where: \.contradicts) { return .unsupported }
        let coverage = match.coverage
        let similarity = nearest?.similarity ?? 0
        if isTranslated, coverage < Self.enough, nearest != nil { return translatedVerdict(similarity) }
        if isElsewhere { return .unsupported }
        let carries = coverage >= Self.enough || coverage >= Self.enoughIfNear && similarity >= Self.near
        if carries, objections.isEmpty, missing < Self.clause, !lacksPredicate { return .supported }
        return coverage >= Self.some || similarity >= Self.veryNear ? .partly : .unsupported
    }

    /// Between two languages the vectors speak, with names and what else both write alike; what they leave open is told as
    /// half known.
    private func translatedVerdict(_ similarity: Double) -> ClaimVerdict {
        let other = nearestElsewhere ?? 0
        if other >= similarity + Self.clearlyNearer { return .unsupported }
        guard similarity >= other - Self.asNear, deniesAlike else { return .partly }
        let isHere = similarity >= Self.nearTranslated && match.coverage >= elsewhere + Self.moreTranslated
        return isHere || similarity >= Self.near ? .supported : .partly
    }

    /// Whether the claim and the sentence nearest to it both deny something, or neither does.
    private var deniesAlike: Bool {
        guard let nearest else { return true }
        let text = match.passage.text
        let sentences = max(0, nearest.sentence - 1)...(nearest.sentence + 1)
        let denies = { (range: ClosedRange<Int>) in
            text.denials.contains { range.contains(match.passage.sentenceOf[$0.cue]) }
        }
        return match.claim.denials.isEmpty ? !denies(nearest.sentence...nearest.sentence) : denies(sentences)
    }

    /// Whether another passage has clearly more of the claim.
    private var isElsewhere: Bool {
        elsewhere >= match.coverage + Self.clearlyMore && match.coverage < Self.sure
    }

    /// Whether the vectors cannot change the verdict any more.
    var isSettled: Bool {
        objections.contains(where: \.contradicts) || match.coverage >= Self.enough || !isTranslated && isElsewhere
    }

    /// How near passage and claim are, for choosing the claim that speaks for a citation.
    var strength: Double { max(match.coverage, nearest?.similarity ?? 0) }

    /// The sentence of the passage to quote.
    var quoted: Int? {
        match.coverage >= Self.some ? match.nearestSentence : nearest?.sentence ?? match.nearestSentence
    }

    /// Whether nothing that follows the last `is` of a short claim is in the window.
    private var lacksPredicate: Bool {
        let tokens = match.claim.tokens
        guard let copula = tokens.lastIndex(where: { Self.copulas.contains($0.text) }) else { return false }
        let rest = tokens.indices[(copula + 1)...].filter { match.weights[$0] > 0 }
        return (1...3).contains(rest.count) && !rest.contains(where: match.isInWindow)
    }

    private static let copulas: Set<String> = ["is", "are", "was", "were", "e", "sao", "era", "eram", "foi", "foram"]

    /// The shares of a claim that carry it: by words alone, and with a sentence that is near in meaning.
    static let enough = 0.6
    static let enoughIfNear = 0.4
    static let near = 0.6
    /// The share, or the nearness, of which something can be said.
    static let some = 0.35
    static let veryNear = 0.75
    /// A share of which no other passage can take away.
    static let sure = 0.75
    /// How much more another passage must have.
    static let clearlyMore = 0.25
    /// Between languages: a smaller difference says nothing, a greater one that another passage was meant.
    static let asNear = 0.02
    static let clearlyNearer = 0.15
    /// Between languages: what is near, and the share that this passage must have more than the others.
    static let nearTranslated = 0.3
    static let moreTranslated = 0.05
    /// The weight of a clause: so much in a row is more than other wording.
    static let clause = 2.4
}

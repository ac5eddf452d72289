import Glibc
import Support

/// A claim laid beside a passage: where its words stand there, and the sentences that hold most of them.
struct ClaimMatch {
    let claim: ClaimText
    let passage: CheckedPassage
    /// For each token of the claim, its places among the passage's tokens.
    let places: [[Int]]
    /// For each token of the claim, the sentences it stands in, a bit a sentence.
    let sentences: [UInt64]
    let weights: [Double]
    /// The sentences that carry the claim best: one to `widest` that follow one another; nil for an empty passage.
    let window: ClosedRange<Int>?
    /// The weighted share of the claim's content words that the window holds, 0...1.
    let coverage: Double

    /// Sentences of a passage that may carry one claim together.
    static let widest = 3
    /// What each further sentence must add at least.
    private static let widening = 0.04

    /// - Parameter weights: what each token of the claim counts, 0 for those that say nothing. Where none says anything (the
    ///   head of a table: "Who | When | Where") all count alike.
    init(_ claim: ClaimText, in passage: CheckedPassage, weights given: [Double]) {
        let weights = given.contains { $0 > 0 } ? given : given.map { _ in 1 }
        self.claim = claim
        self.passage = passage
        self.weights = weights
        let places = claim.tokens.map(passage.places)
        self.places = places
        let sentences = places.map { $0.reduce(UInt64(0)) { $0 | 1 << UInt64(passage.sentenceOf[$1]) } }
        self.sentences = sentences
        let total = weights.reduce(0, +)
        var best: (range: ClosedRange<Int>, merit: Double, coverage: Double)?
        for width in 1...Self.widest {
            for start in passage.ranges.indices where start + width <= passage.ranges.count {
                let range = start...(start + width - 1)
                let mask = Self.mask(range)
                var held = 0.0
                for index in weights.indices where sentences[index] & mask != 0 { held += weights[index] }
                let coverage = total == 0 ? 0 : held / total
                let merit = coverage - Self.widening * Double(width - 1)
                if merit > best?.merit ?? -1 { best = (range, merit, coverage) }
            }
        }
        window = best?.range
        coverage = best?.coverage ?? 0
    }

    private static func mask(_ range: ClosedRange<Int>) -> UInt64 {
        range.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    }

    func isInWindow(_ index: Int) -> Bool { window.map { sentences[index] & Self.mask($0) != 0 } ?? false }

    /// The places of a claim's token in the window.
    func placesInWindow(_ index: Int) -> [Int] {
        guard let window else { return [] }
        return places[index].filter { window.contains(passage.sentenceOf[$0]) }
    }

    /// The passage's tokens in the window.
    var windowTokens: Range<Int> {
        guard let window, let first = passage.sentenceOf.firstIndex(where: { $0 >= window.lowerBound }) else {
            return 0..<0
        }
        return first..<(passage.sentenceOf.firstIndex { $0 > window.upperBound } ?? passage.sentenceOf.count)
    }

    /// The sentence of the window that holds most of the claim: what is quoted.
    var nearestSentence: Int? {
        window?.max { held($0) < held($1) || held($0) == held($1) && $0 > $1 }
    }

    private func held(_ sentence: Int) -> Double {
        weights.indices.reduce(0) { $0 + (sentences[$1] & (1 << UInt64(sentence)) != 0 ? weights[$1] : 0) }
    }

    /// How much the words round a token of the claim are those round a token of the passage: near ones count more.
    func context(_ index: Int, _ place: Int) -> Double {
        var sum = 0.0
        for side in [-1, 1] {
            for distance in 1...Self.reach {
                let own = index + side * distance
                guard claim.tokens.indices.contains(own), !claim.tokens[own].isNegation else { continue }
                let near = max(1, distance - Self.slack)...(distance + Self.slack)
                let isThere = near.contains { step in
                    let other = place + side * step
                    return passage.text.tokens.indices.contains(other)
                        && claim.tokens[own].isSame(as: passage.text.tokens[other])
                }
                if isThere { sum += (claim.tokens[own].isContent ? 1 : 0.4) / sqrt(Double(distance)) }
            }
        }
        return sum
    }

    /// Words to each side that are a word's context, and how far they may have moved.
    private static let reach = 4
    private static let slack = 2
}

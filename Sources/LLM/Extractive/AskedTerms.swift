import Glibc
import Support

/// The words of a question, and how sentences hold them. Words that merely ask (`explain`, `o que significa`) are left out.
struct AskedTerms: Sendable {
    /// Words by their place in the question, a bit each.
    typealias Mask = UInt64

    /// How one sentence holds them.
    struct Hold: Sendable {
        /// Those it has, by their stem.
        var held: Mask = 0
        /// Those among them of which the next one in the question also comes next here, stop words left out.
        var pairs: Mask = 0
        /// Where they stand, ascending.
        var places: [(position: Int, word: Int)] = []
        /// How near the nearest word with the same beginning is, for each word; empty when none is.
        var akin: [Double] = []
    }

    /// The words of a narrow stretch of text.
    private static let window = 12

    let count: Int
    private let terms: [[String]]

    init(_ question: String) {
        // A mask has 64 bits; `QuestionWords` has no more words than that.
        let words = QuestionWords(question).words.filter { !$0.isName }.prefix(Mask.bitWidth)
        let asked = words.filter { !QuoteWords.requestWords.contains($0.folded) }
        terms = (asked.isEmpty ? Array(words) : asked).map { word in TextLanguage.allCases.map(word.term) }
        count = terms.count
    }

    func matchers() -> WordMatchers { WordMatchers(terms) }

    func hold(_ text: FoldedText, _ matcher: inout WordMatcher) -> Hold {
        var hold = Hold()
        var before: [Int] = []
        for (position, word) in text.words.enumerated() {
            let match = matcher.match(word.text)
            for akin in match?.akin ?? [] {
                if hold.akin.isEmpty { hold.akin = [Double](repeating: 0, count: count) }
                hold.akin[akin.word] = max(hold.akin[akin.word], akin.similarity)
            }
            guard let same = match?.same, !same.isEmpty else {
                if !before.isEmpty, !StopWords.all.contains(word.text) { before = [] }
                continue
            }
            for index in same {
                hold.held |= 1 << Mask(index)
                hold.places.append((position, index))
                if before.contains(index - 1) { hold.pairs |= 1 << Mask(index - 1) }
            }
            before = same
        }
        return hold
    }

    /// What the words say, by how few of the sentences have them: Robertson and Spärck Jones' weight, kept positive. A
    /// word that none of them has says nothing about which is better.
    func weights(among holds: [Hold]) -> [Double] {
        (0..<count).map { index in
            let frequency = holds.count { $0.held & (1 << Mask(index)) != 0 }
            let isAkin = holds.contains { !$0.akin.isEmpty && $0.akin[index] > 0 }
            guard frequency > 0 || isAkin else { return 0 }
            return log(1 + (Double(holds.count - frequency) + 0.5) / (Double(frequency) + 0.5))
        }
    }

    static func sum(_ mask: Mask, _ weights: [Double]) -> Double {
        var (sum, rest) = (0.0, mask)
        while rest != 0 {
            sum += weights[rest.trailingZeroBitCount]
            rest &= rest - 1
        }
        return sum
    }

    /// The most that different words say which stand within a narrow stretch of the sentence.
    static func densest(_ hold: Hold, _ weights: [Double]) -> Double {
        var best = 0.0
        for (index, start) in hold.places.enumerated() {
            var mask: Mask = 0
            for place in hold.places[index...].prefix(while: { $0.position - start.position < window }) {
                mask |= 1 << Mask(place.word)
            }
            best = max(best, sum(mask, weights))
        }
        return best
    }
}

import Glibc

/// Chooses among quotes: which are worth a vector, and which of those make the answer. Deterministic.
struct QuoteSelection: Sendable {
    let quotes: [Quote]
    /// How much of the question's words each quote has, weighted by rarity, 0...1.
    private let wordScores: [Double]
    private let asked: Set<String>

    /// The most sentences that are embedded for one answer.
    static let embeddedLimit = 48
    /// The most sentences an answer is made of, those that merely lead to another not counted in the last step.
    static let chosenLimit = 4
    /// A sentence below this part of the best one's score is left out.
    static let scoreFloor = 0.6
    /// What it adds when a sentence opens with what was asked for: definitions do.
    private static let topicFirst = 0.08
    /// What a neighbour's score adds: sentences that answer stand together.
    private static let company = 0.05
    /// Weight of a sentence's own worth against its newness. Carbonell and Goldstein, "The Use of MMR", SIGIR 1998.
    private static let worth = 0.75
    /// Two sentences that are more alike than this say the same.
    private static let sameWords = 0.75
    private static let sameMeaning = 0.95

    init(_ quotes: [Quote], question: String) {
        self.quotes = quotes
        let asked = QuoteWords(question).set
        self.asked = asked
        var documents: [String: Int] = [:]
        for quote in quotes {
            for word in quote.words.set where asked.contains(word) { documents[word, default: 0] += 1 }
        }
        // Robertson and Spärck Jones' weight, kept positive.
        let weights = documents.mapValues { count in
            log(1 + (Double(quotes.count - count) + 0.5) / (Double(count) + 0.5))
        }
        // Summed in the words' order: a dictionary's own order differs from run to run, and so would the last digits.
        let total = weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
        wordScores = quotes.map { quote in
            guard total > 0 else { return 0 }
            return quote.words.set.intersection(asked).sorted().reduce(0) { $0 + (weights[$1] ?? 0) } / total
        }
    }

    /// The quotes to embed, ascending: half for their words, the rest taken in turn from every passage, so that a
    /// question in another language than the material's still has candidates.
    func candidates(limit: Int = Self.embeddedLimit) -> [Int] {
        guard quotes.count > limit else { return Array(quotes.indices) }
        let byWords = quotes.indices.filter { wordScores[$0] > 0 }.sorted {
            (wordScores[$1], $0) < (wordScores[$0], $1)
        }
        var chosen = Set(byWords.prefix(limit / 2))
        let inTurn = quotes.indices.sorted {
            (quotes[$0].position, quotes[$0].passage) < (quotes[$1].position, quotes[$1].passage)
        }
        for index in inTurn where chosen.count < limit { chosen.insert(index) }
        return chosen.sorted()
    }

    /// The quotes that make the answer, in the order in which they are to be read.
    /// - Parameters:
    ///   - similarities: cosine with the question, for the candidates; empty when there are no vectors.
    ///   - likeness: cosine of two candidates; nil when there are no vectors.
    func choose(
        _ candidates: [Int], similarities: [Double], characterLimit: Int, likeness: (Int, Int) -> Double?
    ) -> [Int] {
        let own = Dictionary(
            uniqueKeysWithValues: candidates.enumerated().map { offset, index in
                (index, score(index, similarity: similarities.isEmpty ? nil : similarities[offset]))
            })
        let scores = Dictionary(
            uniqueKeysWithValues: own.map { index, score in
                let beside = [index - 1, index + 1].filter { areNeighbours(index, $0) }.compactMap { own[$0] }
                return (index, score + Self.company * beside.reduce(0, +))
            })
        let floor = (scores.values.max() ?? 0) * Self.scoreFloor
        var open = candidates.filter { (scores[$0] ?? 0) >= floor }
        var chosen: [Int] = []
        var room = characterLimit
        while chosen.count < Self.chosenLimit {
            open.removeAll { index in
                quotes[index].text.count > room
                    || chosen.contains { saySame(index, $0, likeness(index, $0)) }
            }
            func gain(_ index: Int) -> Double {
                let nearest = chosen.map { likeness(index, $0) ?? quotes[index].words.overlap(quotes[$0].words) }.max()
                return Self.worth * (scores[index] ?? 0) - (1 - Self.worth) * max(0, nearest ?? 0)
            }
            // The first of equals, which `max(by:)` alone does not promise.
            guard let best = open.map({ (gain($0), $0) }).max(by: { ($0.0, $1.1) < ($1.0, $0.1) })?.1 else { break }
            open.removeAll { $0 == best }
            chosen.append(best)
            room -= quotes[best].text.count
            if let lead = lead(of: best), !chosen.contains(lead), quotes[lead].text.count <= room {
                open.removeAll { $0 == lead }
                chosen.append(lead)
                room -= quotes[lead].text.count
            }
        }
        return inReadingOrder(chosen, scores)
    }

    /// Passage by passage, the one with the best sentence first; within a passage as it is written.
    private func inReadingOrder(_ chosen: [Int], _ scores: [Int: Double]) -> [Int] {
        let groups = Dictionary(grouping: chosen) { quotes[$0].passage }
        let best = groups.mapValues { group in group.compactMap { scores[$0] }.max() ?? 0 }
        let order = groups.keys.sorted { one, other in
            let (mine, theirs) = (best[one] ?? 0, best[other] ?? 0)
            return mine == theirs ? one < other : mine > theirs
        }
        return order.flatMap { (groups[$0] ?? []).sorted() }
    }

    private func score(_ index: Int, similarity: Double?) -> Double {
        let quote = quotes[index]
        var merit =
            if let similarity {
                0.55 * max(0, similarity) + 0.35 * wordScores[index] + 0.1 * quote.passageScore
            } else {
                0.85 * wordScores[index] + 0.15 * quote.passageScore
            }
        if quote.words.opening.contains(where: asked.contains) { merit += Self.topicFirst }
        // A question asks the reader; it seldom answers one.
        return quote.isQuestion ? merit / 2 : merit
    }

    private func saySame(_ one: Int, _ other: Int, _ likeness: Double?) -> Bool {
        quotes[one].words.overlap(quotes[other].words) >= Self.sameWords || (likeness ?? 0) >= Self.sameMeaning
    }

    private func areNeighbours(_ one: Int, _ other: Int) -> Bool {
        quotes.indices.contains(other) && quotes[one].passage == quotes[other].passage
            && abs(quotes[one].position - quotes[other].position) == 1
    }

    private func lead(of index: Int) -> Int? {
        switch quotes[index].lead {
        case .none: return nil
        case .sentenceBefore: return areNeighbours(index, index - 1) && !quotes[index - 1].isCode ? index - 1 : nil
        case .openingOfList:
            return (max(0, index - 8)..<index).last {
                quotes[$0].passage == quotes[index].passage && quotes[$0].opensList
            }
        }
    }
}

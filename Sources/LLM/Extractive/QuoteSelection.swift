/// Chooses among quotes: which are worth a vector, and which of those make the answer. Deterministic.
struct QuoteSelection: Sendable {
    let quotes: [Quote]
    private let reading: QuoteReading

    /// The most sentences that are embedded for one answer.
    static let embeddedLimit = 48
    /// The most sentences an answer is made of. A whole list or table counts as one.
    static let chosenLimit = 3
    /// A sentence whose score is further below the best one's is left out.
    static let margin = 3.0
    /// A list or a table is quoted whole up to so many characters and lines.
    private static let blockCharacters = 600
    private static let blockLines = 16
    /// How far back the line that opens a list or a table may stand, in lines.
    private static let openingDistance = 40
    /// Two sentences that are more alike than this say the same.
    private static let sameWords = 0.75
    private static let sameMeaning = 0.95

    init(_ quotes: [Quote], question: String) {
        self.quotes = quotes
        reading = QuoteReading(quotes, question: question)
    }

    /// The quotes to embed, ascending: half for their words, the rest taken in turn from every passage, so that a
    /// question in another language than the material's still has candidates.
    func candidates(limit: Int = Self.embeddedLimit) -> [Int] {
        let able = quotes.indices.filter { quotes[$0].standsAlone }
        guard able.count > limit else { return able }
        let coverage = quotes.indices.map(reading.coverage)
        let byWords = able.filter { coverage[$0] > 0 }.sorted { (coverage[$1], $0) < (coverage[$0], $1) }
        var chosen = Set(byWords.prefix(limit / 2))
        let inTurn = able.sorted {
            (quotes[$0].position, quotes[$0].passage) < (quotes[$1].position, quotes[$1].passage)
        }
        for index in inTurn where chosen.count < limit { chosen.insert(index) }
        return chosen.sorted()
    }

    /// - Parameter similarities: cosine with the question, for the candidates; empty when there are no vectors.
    func signals(_ candidates: [Int], similarities: [Double]) -> [QuoteSignals] {
        let byIndex = Dictionary(uniqueKeysWithValues: zip(candidates, similarities))
        return candidates.map { reading.signals($0, similarities: byIndex) }
    }

    /// The quotes that make the answer, in the order in which they are to be read.
    /// - Parameters:
    ///   - similarities: cosine with the question, for the candidates; empty when there are no vectors.
    ///   - likeness: cosine of two candidates; nil when there are no vectors.
    func choose(
        _ candidates: [Int], similarities: [Double], characterLimit: Int, likeness: (Int, Int) -> Double?
    ) -> [Int] {
        let scorer = similarities.isEmpty ? QuoteScorer.wordsOnly : .standard
        let scores = Dictionary(
            uniqueKeysWithValues: zip(
                candidates, signals(candidates, similarities: similarities).map(scorer.score)))
        let floor = (scores.values.max() ?? 0) - Self.margin
        // The first of equals first.
        let order = candidates.filter { (scores[$0] ?? floor) >= floor }.sorted {
            let (mine, theirs) = (scores[$0] ?? 0, scores[$1] ?? 0)
            return mine == theirs ? $0 < $1 : mine > theirs
        }
        var chosen: [Int] = []
        var sentences = 0
        var room = characterLimit
        for index in order {
            guard sentences < Self.chosenLimit else { break }
            guard !chosen.contains(index), !chosen.contains(where: { saySame(index, $0, likeness(index, $0)) }) else {
                continue
            }
            for (unit, cost) in units(of: index) {
                let new = unit.filter { !chosen.contains($0) }
                let length = new.reduce(0) { $0 + quotes[$1].text.count }
                guard length <= room, sentences + cost(new) <= Self.chosenLimit else { continue }
                chosen += new
                room -= length
                sentences += cost(new)
                break
            }
        }
        return inReadingOrder(chosen, scores)
    }

    /// What may be quoted for the sake of one sentence, the best first, each with the sentences it counts for.
    private func units(of index: Int) -> [(quotes: [Int], cost: ([Int]) -> Int)] {
        let alone = (quotes: [index], cost: { (new: [Int]) in new.count })
        if let block = block(around: index) { return [(block, { $0.isEmpty ? 0 : 1 }), alone] }
        guard let lead = lead(of: index) else { return [alone] }
        // The head of a table is no sentence.
        let isRow = quotes[index].form == .row
        return [([lead, index], { isRow ? min(1, $0.count) : $0.count }), alone]
    }

    /// The whole list or table, when its opening was found, or when a list was asked for and one of its items found.
    private func block(around index: Int) -> [Int]? {
        let isOpening =
            quotes[index].opensList && quotes.indices.contains(index + 1) && quotes[index + 1].isItem
            || quotes[index].isHead && head(of: index) == index
        guard isOpening || reading.kind == .list && quotes[index].isItem else { return nil }
        let start = isOpening ? index : head(of: index) ?? index
        var block = [start]
        while let last = block.last, quotes.indices.contains(last + 1), quotes[last].isBeside(quotes[last + 1]),
            quotes[last + 1].isItem || quotes[last + 1].form == .row && quotes[last].form == .row
        {
            block.append(last + 1)
        }
        let characters = block.reduce(0) { $0 + quotes[$1].text.count }
        guard block.count > 1, block.count <= Self.blockLines, characters <= Self.blockCharacters else { return nil }
        return block
    }

    /// The line that opens the list an item stands in, the first row of a row's table; nil when there is none.
    private func head(of index: Int) -> Int? {
        var first = index
        while first > 0, index - first < Self.openingDistance, quotes[first - 1].isBeside(quotes[first]),
            quotes[first - 1].form == .row && quotes[index].form == .row
                || quotes[first - 1].isItem && quotes[index].isItem
        {
            first -= 1
        }
        if quotes[index].form == .row { return quotes[first].isHead ? first : nil }
        guard first > 0, quotes[first - 1].isBeside(quotes[first]), quotes[first - 1].opensList else { return nil }
        return first - 1
    }

    private func lead(of index: Int) -> Int? {
        switch quotes[index].lead {
        case .none: return nil
        case .sentenceBefore:
            guard index > 0, quotes[index].isBeside(quotes[index - 1]), !quotes[index - 1].isCode else { return nil }
            return index - 1
        case .opening: return head(of: index).flatMap { $0 == index ? nil : $0 }
        }
    }

    /// Passage by passage, the one with the best sentence first; within a passage as it is written.
    private func inReadingOrder(_ chosen: [Int], _ scores: [Int: Double]) -> [Int] {
        let groups = Dictionary(grouping: chosen) { quotes[$0].passage }
        let best = groups.mapValues { group in group.compactMap { scores[$0] }.max() ?? -.infinity }
        let order = groups.keys.sorted { one, other in
            let (mine, theirs) = (best[one] ?? 0, best[other] ?? 0)
            return mine == theirs ? one < other : mine > theirs
        }
        return order.flatMap { (groups[$0] ?? []).sorted() }
    }

    private func saySame(_ one: Int, _ other: Int, _ likeness: Double?) -> Bool {
        quotes[one].words.overlap(quotes[other].words) >= Self.sameWords || (likeness ?? 0) >= Self.sameMeaning
    }
}

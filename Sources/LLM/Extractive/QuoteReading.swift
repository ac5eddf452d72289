import Glibc
import Support

/// Reads the quotes of one request with its question in mind. The words are read once; vectors may come later or never.
struct QuoteReading: Sendable {
    let kind: AskedKind
    private let quotes: [Quote]
    private let holds: [AskedTerms.Hold]
    private let above: [AskedTerms.Mask]
    private let shapes: [SentenceShape]
    private let definitions: [Double]
    private let wordCounts: [Int]
    private let isPortuguese: [Bool]
    private let weights: [Double]
    private let total: Double
    private let passageMasks: [Int: AskedTerms.Mask]

    /// What the words beside the one to be defined count for.
    private static let beside = 0.4
    /// The most words of a sentence, and of what stands above it, that are looked at.
    private static let wordLimit = 400
    /// The words of a passage that tell its language.
    private static let languageWords = 60

    init(_ quotes: [Quote], question: String) {
        self.quotes = quotes
        kind = AskedKind(question)
        let asked = AskedTerms(question)
        var matchers = asked.matchers()
        var languages: [Int: TextLanguage] = [:]
        for (passage, group) in Dictionary(grouping: quotes, by: \.passage) {
            let beginning = group.prefix(8).map(\.text).joined(separator: " ")
            languages[passage] = TextLanguage(
                of: FoldedText(beginning, limit: Self.languageWords), looking: Self.languageWords)
        }
        var sought: AskedTerms.Mask = 0
        if kind == .definition {
            let subject = FoldedText(AskedKind.subject(of: question), limit: Self.wordLimit)
            for language in TextLanguage.allCases { sought |= asked.hold(subject, &matchers[language]).held }
        }
        var holds: [AskedTerms.Hold] = []
        var above: [AskedTerms.Mask] = []
        var shapes: [SentenceShape] = []
        var definitions: [Double] = []
        var wordCounts: [Int] = []
        for quote in quotes {
            let language = languages[quote.passage] ?? .english
            let text = FoldedText(quote.text, limit: Self.wordLimit)
            holds.append(asked.hold(text, &matchers[language]))
            above.append(asked.hold(FoldedText(quote.above, limit: Self.wordLimit), &matchers[language]).held)
            shapes.append(SentenceShape(text) { matchers[language].match($0)?.same.isEmpty == false })
            wordCounts.append(text.words.count)
            let subjects = sought == 0 ? [] : Definition.subjects(of: quote.text)
            definitions.append(
                subjects.map { subject in
                    let text = FoldedText(String(subject.text), limit: Self.wordLimit)
                    let held = asked.hold(text, &matchers[language]).held & sought
                    return subject.certainty * Double(held.nonzeroBitCount) / Double(sought.nonzeroBitCount)
                }.max() ?? 0)
        }
        // Of a definition's words the one that is to be defined says most; the others say where to look for it.
        weights = asked.weights(among: holds).enumerated().map { word, weight in
            sought == 0 || sought & (1 << AskedTerms.Mask(word)) != 0 ? weight : weight * Self.beside
        }
        total = weights.reduce(0, +)
        passageMasks = Dictionary(
            zip(quotes.map(\.passage), zip(holds, above).map { $0.held | $1 }), uniquingKeysWith: |)
        isPortuguese = quotes.map { languages[$0.passage] == .portuguese }
        (self.holds, self.above, self.shapes) = (holds, above, shapes)
        (self.definitions, self.wordCounts) = (definitions, wordCounts)
    }

    /// How much of the question's words a sentence has, 0...1.
    func coverage(_ index: Int) -> Double { share(holds[index].held) }

    /// - Parameter similarities: cosines with the question by index; empty when there are no vectors.
    func signals(_ index: Int, similarities: [Int: Double]) -> QuoteSignals {
        let (quote, hold, shape) = (quotes[index], holds[index], shapes[index])
        var signals = QuoteSignals()
        let beside = [index - 1, index + 1].filter { areNeighbours(index, $0) }
        if let similarity = similarities[index] {
            signals[isPortuguese[index] ? .similarityPortuguese : .similarity] = max(0, similarity)
            let near = beside.compactMap { similarities[$0] }
            if !near.isEmpty { signals[.neighbourSimilarity] = near.reduce(0, +) / Double(near.count) }
            var best = similarity
            for other in quotes.indices where quotes[other].passage == quote.passage {
                best = max(best, similarities[other] ?? 0)
            }
            signals[.passageSimilarity] = best
        }
        signals[.coverage] = share(hold.held)
        if total > 0, !hold.akin.isEmpty {
            signals[.akin] =
                weights.indices.reduce(0) { sum, word in
                    hold.held & (1 << AskedTerms.Mask(word)) == 0 ? sum + weights[word] * hold.akin[word] : sum
                } / total
        }
        let most = weights.indices.dropLast().reduce(0) { $0 + min(weights[$1], weights[$1 + 1]) }
        if most > 0 {
            let found = weights.indices.dropLast().reduce(0) { sum, word in
                hold.pairs & (1 << AskedTerms.Mask(word)) != 0 ? sum + min(weights[word], weights[word + 1]) : sum
            }
            signals[.pairs] = found / most
        }
        if total > 0 { signals[.window] = AskedTerms.densest(hold, weights) / total }
        var seen = hold.held
        for (signal, other) in [(QuoteSignal.before, index - 1), (.after, index + 1)] where beside.contains(other) {
            signals[signal] = share(holds[other].held & ~hold.held)
            seen |= holds[other].held
        }
        signals[.above] = share(above[index] & ~hold.held)
        seen |= above[index]
        signals[.around] = share((passageMasks[quote.passage] ?? 0) & ~seen)
        signals[.passageScore] = quote.passageScore
        signals[.early] = 1 / Double(1 + quote.position)
        signals[.length] = log(Double(1 + wordCounts[index]))
        signals[.brief] = wordCounts[index] < 8 ? 1 : 0
        signals[.asks] = quote.isQuestion ? 1 : 0
        signals[.topicFirst] = (hold.places.first?.position ?? .max) < 3 ? 1 : 0
        signals[.leans] = quote.lead == .sentenceBefore ? 1 : 0
        switch kind {
        case .time: signals[.date] = shape.dates > 0 ? 1 : shape.numbers > 0 ? 0.5 : 0
        case .number: signals[.number] = shape.numbers > 0 ? 1 : 0
        case .person: signals[.person] = shape.names > 0 ? 1 : 0
        case .place: signals[.place] = shape.names > 0 ? 1 : 0
        case .reason: signals[.reason] = shape.givesReason ? 1 : 0
        case .definition: signals[.definition] = definitions[index]
        case .list, .manner, .other: break
        }
        return signals
    }

    private func share(_ mask: AskedTerms.Mask) -> Double {
        total > 0 ? AskedTerms.sum(mask, weights) / total : 0
    }

    private func areNeighbours(_ one: Int, _ other: Int) -> Bool {
        quotes.indices.contains(other) && quotes[one].isBeside(quotes[other])
    }
}

import CourseStore
import Support

/// How a text holds a question's words, each a share from 0 to 1 of what the words or pairs say together (`AskedWords`).
struct MatchSignals: Sendable, Hashable {
    /// The words of a wide and a narrow stretch of text.
    static let wideWindow = 30
    static let narrowWindow = 12
    /// The most words of a text that are looked at.
    private static let wordLimit = 4_000
    /// The words of a text that tell its language.
    private static let languageWords = 60

    /// The most that any `wideWindow` words of the text hold.
    private(set) var wide = 0.0
    /// The most that any `narrowWindow` words of the text hold.
    private(set) var narrow = 0.0
    /// Pairs of words that follow each other in both, stop words between them left out.
    private(set) var pairs = 0.0
    /// Words in the text or the headings above it.
    private(set) var coverage = 0.0
    /// Words in the text or the headings in the very form in which they are asked for: a stem stands for words that mean
    /// different things.
    private(set) var exact = 0.0
    /// Words in neither, by the nearest word of the text with the same beginning.
    private(set) var akin = 0.0

    static let none = MatchSignals()

    private init() {}

    init(_ text: ChunkText, _ asked: AskedWords, _ matchers: inout WordMatchers) {
        let body = FoldedText(text.text, limit: Self.wordLimit)
        self.init(
            body, FoldedText(text.headings, limit: Self.wordLimit), asked,
            &matchers[TextLanguage(of: body, looking: Self.languageWords)])
    }

    private init(_ text: FoldedText, _ headings: FoldedText, _ asked: AskedWords, _ matcher: inout WordMatcher) {
        guard asked.weight > 0 else { return }
        var holds = [Bool](repeating: false, count: asked.words.count)
        var holdsForm = holds
        var similarity = [Double](repeating: 0, count: asked.words.count)
        for word in headings.words {
            for index in matcher.match(word.text)?.same ?? [] {
                holds[index] = true
                if word.text == asked.words[index].folded { holdsForm[index] = true }
            }
        }
        var places: [(position: Int, word: Int)] = []
        var pairIsThere = [Bool](repeating: false, count: asked.words.count)
        // What the last word of the text that is no stop word was in the question.
        var before: [Int] = []
        for (position, word) in text.words.enumerated() {
            let match = matcher.match(word.text)
            for akin in match?.akin ?? [] { similarity[akin.word] = max(similarity[akin.word], akin.similarity) }
            guard let same = match?.same, !same.isEmpty else {
                if !before.isEmpty, !StopWords.all.contains(word.text) { before = [] }
                continue
            }
            for index in same {
                holds[index] = true
                if word.text == asked.words[index].folded { holdsForm[index] = true }
                places.append((position, index))
                if before.contains(index - 1) { pairIsThere[index - 1] = true }
            }
            before = same
        }
        wide = Self.densest(places, Self.wideWindow, asked) / asked.weight
        narrow = Self.densest(places, Self.narrowWindow, asked) / asked.weight
        for (index, word) in asked.words.enumerated() {
            if holds[index] { coverage += word.weight } else { akin += word.weight * similarity[index] }
            if holdsForm[index] { exact += word.weight }
        }
        coverage /= asked.weight
        exact /= asked.weight
        akin /= asked.weight
        let all = asked.words.indices.dropLast().reduce(0) { $0 + asked.pairWeight($1) }
        let found = asked.words.indices.dropLast().reduce(0) { $0 + (pairIsThere[$1] ? asked.pairWeight($1) : 0) }
        if all > 0 { pairs = found / all }
    }

    /// The most that different words say which stand within `window` words of the text.
    /// - Parameter places: by position.
    private static func densest(
        _ places: [(position: Int, word: Int)], _ window: Int, _ asked: AskedWords
    ) -> Double {
        var counts = [Int](repeating: 0, count: asked.words.count)
        var (first, sum, best) = (0, 0.0, 0.0)
        for place in places {
            if counts[place.word] == 0 { sum += asked.words[place.word].weight }
            counts[place.word] += 1
            while place.position - places[first].position >= window {
                let word = places[first].word
                counts[word] -= 1
                if counts[word] == 0 { sum -= asked.words[word].weight }
                first += 1
            }
            best = max(best, sum)
        }
        return best
    }
}

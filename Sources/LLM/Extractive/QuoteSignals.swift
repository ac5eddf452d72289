/// What speaks for or against quoting a sentence. Shares are of what the question's words say together.
enum QuoteSignal: Int, CaseIterable, Sendable {
    /// Cosine with the question, of a sentence in English or in Portuguese, which the default model knows less of.
    case similarity, similarityPortuguese
    /// The best cosine of its passage's sentences, and the mean of those beside it.
    case passageSimilarity, neighbourSimilarity
    /// Words of the question it has; those it has not, by the nearest word with the same beginning.
    case coverage, akin
    /// Pairs of words that follow each other in both; the most within a narrow stretch.
    case pairs, window
    /// Words it lacks that the sentence before has, the one after, the headings above or a question just before it, the
    /// rest of the passage.
    case before, after, above, around
    /// The passage's score as a part of the best one's.
    case passageScore
    /// How near the passage's beginning it stands.
    case early
    /// The logarithm of its words' count; whether there are fewer than eight.
    case length, brief
    /// Whether it asks, opens with what was asked for, leans on another sentence.
    case asks, topicFirst, leans
    /// Whether it holds what the question asks for: a date, a number, the name of somebody or of a place, a reason, a
    /// definition.
    case date, number, person, place, reason, definition
}

/// The signals of one sentence, by `QuoteSignal.rawValue`.
struct QuoteSignals: Sendable {
    private(set) var values = [Double](repeating: 0, count: QuoteSignal.allCases.count)

    subscript(_ signal: QuoteSignal) -> Double {
        get { values[signal.rawValue] }
        set { values[signal.rawValue] = newValue }
    }
}

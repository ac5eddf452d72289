import Support

/// A word or number of a claim or of a passage, with what the check asks of it.
struct ClaimToken: Sendable {
    /// Lower case, without diacritics.
    var text: String
    /// The number of the stem, and of the folded word, in the check's vocabulary.
    var stem: Int32
    var word: Int32
    /// UTF-8 bytes of the text.
    var bytes: Range<Int>
    /// A number as it is compared, whatever its spelling: `1500` for `1,500`, `2` for `two`, `month 5` for `May`.
    var value: String?
    /// The unit that a number has: a magnitude, measure, currency.
    var unit: UnitNames.Unit?
    /// A function word, or one that says that there is a text.
    var isStop = false
    /// Written as a name: a capital letter within a sentence, an acronym, an identifier, between back-ticks.
    var isName = false
    /// The first word of a sentence, where a capital letter says nothing.
    var isFirst = false
    /// Begins with a capital letter.
    var isCapital = false
    /// Whether a comma, semicolon, colon, bracket, dash or the end of a sentence stands before it.
    var followsPause = false
    /// Whether it says no: `not`, `never`, `sem`.
    var isNegation = false

    /// Whether it counts for what a sentence says.
    var isContent: Bool { !isStop && !isNegation }

    /// The same word, by its stem or as it is written, or the same number.
    func isSame(as other: ClaimToken) -> Bool {
        if value != nil || other.value != nil { return value == other.value }
        return stem == other.stem || word == other.word
    }
}

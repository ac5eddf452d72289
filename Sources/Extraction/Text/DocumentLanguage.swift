/// Portuguese or English, told by the small words that every text is full of.
///
/// Stricter than `Support.LanguageGuess`, which must decide on a question of three words: a document has words enough
/// to show that it is of neither language.
enum DocumentLanguage {
    /// `pt`, `en`, or empty when there are too few words or another language is likely. Reads the first 200,000 bytes.
    static func guess(_ text: String) -> String {
        var counts = (portuguese: 0, english: 0, words: 0)
        var word: [UInt8] = []
        func count() {
            guard !word.isEmpty else { return }
            counts.words += 1
            if portuguese.contains(word) { counts.portuguese += 1 }
            if english.contains(word) { counts.english += 1 }
            word.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8.prefix(200_000) {
            switch byte {
            case 0x41...0x5a: word.append(byte | 0x20)
            case 0x61...0x7a, 0x80...: word.append(byte)
            default: count()
            }
        }
        count()
        let (more, fewer) = (
            max(counts.portuguese, counts.english), min(counts.portuguese, counts.english)
        )
        guard more >= 3, more * 12 >= counts.words, more * 2 >= fewer * 3 else { return "" }
        return counts.portuguese > counts.english ? "pt" : "en"
    }

    // Words that are frequent in one of the two and rare in the other and in Spanish, French, German and Italian.
    private static let portuguese = words(
        "não são uma um os ao aos do dos da das na no nas nos pelo pela pelos pelas com em à às é você também até isso "
            + "esta este essa esse mais mas muito quando como ou seu sua seus suas ser está foi pode podem são então já só "
            + "entre depois cada deve devem aluno disciplina")
    private static let english = words(
        "the of and to is that for it are with as this be by on or from an which not have has was were their they can "
            + "will would when what how if its at these there than each should must we you your into")

    private static func words(_ list: String) -> Set<[UInt8]> { Set(list.split(separator: " ").map { Array($0.utf8) }) }
}

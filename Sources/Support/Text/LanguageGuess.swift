/// Whether a text is Portuguese or English, by its function words and by letters English does not have.
package enum LanguageGuess {
    /// `pt`, `en`, or nil when nothing speaks for either.
    /// - Parameter text: only its first 2,000 words count.
    package static func of(_ text: String) -> String? {
        var portuguese = 0
        var english = 0
        for word in Words.folded(text, limit: 2_000) {
            switch (StopWords.portuguese.contains(word), StopWords.english.contains(word)) {
            case (true, false): portuguese += 2
            case (false, true): english += 2
            default: break
            }
        }
        for scalar in text.unicodeScalars.prefix(10_000)
        where "ãõçáéíóúâêôàÃÕÇÁÉÍÓÚÂÊÔÀ".unicodeScalars.contains(scalar) {
            portuguese += 1
        }
        if portuguese == english { return nil }
        return portuguese > english ? "pt" : "en"
    }
}

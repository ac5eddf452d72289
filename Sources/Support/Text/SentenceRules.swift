/// Where a sentence ends: the rules of `SentenceSplitter`, and the words they know.
enum SentenceRules {
    static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "!", "?", "…", "。", "！", "？": true
        default: false
        }
    }

    /// What may stand between a sentence's full stop and the space after it.
    static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "”", "’", "»", ")", "]", "*", "_", "`": true
        default: false
        }
    }

    private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "“", "‘", "«", "(", "[", "*", "_", "¿", "¡", "—", "–", "-": true
        default: false
        }
    }

    /// One candidate: a run of terminators with what stands before and after it.
    struct Boundary {
        let text: ScalarText
        /// Where the sentence so far begins.
        let sentence: Int
        let terminators: Range<Int>
        /// The first position after the terminators and the closing marks.
        let next: Int

        var endsSentence: Bool {
            let terminator = text[terminators.lowerBound]
            if terminator.value > 0x2fff { return true }
            guard next < text.count else { return true }
            guard text.isWhiteSpace(next) else { return false }
            var follower = text.skippingWhiteSpace(from: next)
            guard follower < text.count else { return true }
            let isSingleStop = terminator == "." && terminators.count == 1
            let abbreviation = isSingleStop && next == terminators.upperBound
            if text[follower] == "`" { return !abbreviation || !isAbbreviated(before: follower) }
            while follower < text.count, isOpening(text[follower]) { follower += 1 }
            guard follower < text.count else { return true }
            if text[follower].properties.isLowercase { return false }
            return !(abbreviation && isAbbreviated(before: follower))
        }

        /// Whether the full stop belongs to the word before it, so that the sentence goes on at `follower`.
        private func isAbbreviated(before follower: Int) -> Bool {
            let (word, start) = text.word(before: terminators.lowerBound)
            if word.isEmpty { return false }
            if isEnumerator(word, at: start) { return true }
            let key = word.lowercased()
            let isNumberNext = text[follower].properties.numericType != nil
            if SentenceRules.beforeNames.contains(key) { return true }
            if SentenceRules.mayEndSentence.contains(key) { return isNumberNext }
            if SentenceRules.beforeNumbers.contains(key), isNumberNext || isRoman(at: follower) { return true }
            return isInitial(word, at: start, before: follower)
        }

        /// `1.`, `2.3.` or `a.` as the very first word: the number of a list item or heading, not a sentence.
        private func isEnumerator(_ word: String, at start: Int) -> Bool {
            guard start == text.skippingWhiteSpace(from: sentence) else { return false }
            return word.allSatisfy { $0.isNumber || $0 == "." } && word.count <= 8
                || word.unicodeScalars.count == 1 && word.first?.isLowercase == true
        }

        private func isRoman(at position: Int) -> Bool {
            let word = text.word(at: position)
            return !word.isEmpty && word != "I" && word.allSatisfy { "IVXLC".contains($0) }
        }

        /// The `E` of `Donald E. Knuth`, but not the `G` of `Seja o grafo G. Um caminho …`.
        private func isInitial(_ word: String, at start: Int, before follower: Int) -> Bool {
            let letters = word.split(separator: ".")
            guard !letters.isEmpty,
                letters.allSatisfy({ $0.unicodeScalars.count == 1 && $0.first?.isUppercase == true })
            else { return false }
            let next = text.word(at: follower)
            let isInitialNext = next.unicodeScalars.count == 1 && text.has(".", at: follower + 1)
            if !isInitialNext, SentenceRules.frequentStarters.contains(next) { return false }
            if start == text.skippingWhiteSpace(from: sentence) || letters.count > 1 { return true }
            var end = start
            while end > sentence, text.isWhiteSpace(end - 1) { end -= 1 }
            let previous = text.word(before: end).text
            return previous.first?.isUppercase ?? false || SentenceRules.introducingNames.contains(previous)
        }
    }

    /// Never the end of a sentence: a name or an example follows.
    private static let beforeNames: Set<String> = [
        "sr", "sra", "srta", "dr", "dra", "drs", "prof", "profa", "profª", "profs", "mr", "mrs", "ms", "eng", "engª",
        "exmo", "exma", "v.exa", "st", "sto", "sta", "gen", "sgt", "p.ex", "e.g", "i.e", "cf", "vs", "v.g", "viz",
        "resp", "approx", "aprox", "obs", "tel", "av",
    ]

    /// The end of a sentence unless a number follows.
    private static let beforeNumbers: Set<String> = [
        "fig", "figs", "eq", "eqs", "eqn", "cap", "caps", "ch", "sec", "seç", "tab", "p", "pp", "pg", "pág", "págs",
        "n", "nº", "no", "nos", "num", "núm", "vol", "vols", "art", "arts", "inc", "ed", "ref", "refs", "alg", "def",
        "teo", "thm", "lem", "prop", "c", "ca", "séc", "sécs", "lab", "ex", "q", "itm", "v", "jan", "fev", "feb", "mar",
        "abr", "apr", "mai", "jun", "jul", "ago", "aug", "set", "sep", "sept", "out", "oct", "nov", "dez", "dec",
    ]

    /// Often the last word: the sentence ends when a capital follows.
    private static let mayEndSentence: Set<String> = [
        "etc", "al", "ltda", "ltd", "jr", "a.c", "d.c", "a.m", "p.m", "u.s", "e.u.a", "b.sc", "m.sc", "ph.d", "op",
        "cit",
    ]

    /// Words that start sentences far more often than they are somebody's name.
    private static let frequentStarters: Set<String> = [
        "O", "A", "Os", "As", "Um", "Uma", "Em", "No", "Na", "Nos", "Nas", "Se", "Como", "Para", "Por", "Este", "Esta",
        "Esse", "Essa", "Isso", "Isto", "Ele", "Ela", "Quando", "Assim", "Logo", "Então", "Mas", "Além", "Cada", "Todo",
        "Toda", "Qual", "Seja", "Portanto", "Porém", "Depois", "Também", "Não", "Ao", "Com", "De", "Do", "Da", "Onde",
        "The", "An", "In", "On", "At", "It", "Its", "This", "That", "These", "Those", "If", "When", "For", "We", "You",
        "They", "He", "She", "But", "And", "So", "Then", "To", "Each", "Every", "All", "What", "How", "Why", "There",
        "However", "Thus", "Therefore", "Let", "Of", "Not", "Since", "After", "Here", "Both", "Now",
    ]

    /// Small words after which a single capital letter is a person's initial.
    private static let introducingNames: Set<String> = [
        "de", "do", "da", "dos", "das", "por", "e", "com", "by", "of", "and", "with", "from", "see", "ver",
    ]
}

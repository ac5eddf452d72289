import Support

/// A claim or a passage taken apart for the check: its words and numbers in order.
struct ClaimText: Sendable {
    let language: TextLanguage
    private(set) var tokens: [ClaimToken] = []
    /// What is denied, and by what.
    private(set) var denials: [Denial] = []

    /// A word that says no, and the tokens it says it to, the first one first: the next three words that count.
    struct Denial: Sendable {
        let cue: Int
        let heads: [Int]
    }

    /// More words than any claim or passage has.
    static let wordLimit = 4_000

    /// - Parameters:
    ///   - text: one sentence, or several with line breaks.
    ///   - starts: UTF-8 offsets at which sentences begin, ascending; a capital letter there makes no name.
    init(_ text: String, language: TextLanguage, starts: [Int], vocabulary: inout ClaimVocabulary) {
        self.language = language
        var text = text
        text.makeContiguousUTF8()
        let source = Array(text.utf8)
        let words = TextAnalyzer.terms(of: text, language: language).tokens.filter(\.isWord).prefix(Self.wordLimit)
        tokens.reserveCapacity(words.count)
        var starts = starts[...]
        var end = 0
        var ticks = 0
        for word in words {
            let gap = source[end..<word.bytes.lowerBound]
            ticks += gap.count { $0 == UInt8(ascii: "`") }
            let written = source[word.bytes]
            let folded = Words.folded(String(decoding: written, as: UTF8.self), limit: 1).first ?? word.term
            // The `s` of a possessive is no word.
            if folded == "s", gap.count <= 3, !gap.contains(UInt8(ascii: " ")), !tokens.isEmpty { continue }
            let upper = written.count { (0x41...0x5a).contains($0) }
            let isCapital = String(decoding: written, as: UTF8.self).first?.isUppercase == true
            var isFirst = tokens.isEmpty
            while let start = starts.first, start <= word.bytes.lowerBound {
                isFirst = true
                starts.removeFirst()
            }
            let isStop =
                StopWords.portuguese.contains(folded) && language == .portuguese
                || StopWords.english.contains(folded) && language == .english || Self.fragments.contains(folded)
            let isAcronym = upper >= 2 && word.bytes.count <= 24
            let hasDigit = written.contains { (0x30...0x39).contains($0) }
            let isWrittenAsName = isAcronym || ticks % 2 == 1 || isCapital && !isFirst && !isStop && written.count > 1
            let number = vocabulary.number(folded)
            if !isFirst {
                vocabulary.note(number, isCapital: isCapital)
            } else if !isCapital {
                vocabulary.note(number, isCapital: false)
            }
            tokens.append(
                ClaimToken(
                    text: folded, stem: vocabulary.number(word.term), word: number,
                    bytes: word.bytes, isStop: isStop, isName: isWrittenAsName && !hasDigit, isFirst: isFirst,
                    isCapital: isCapital, followsPause: tokens.isEmpty || Self.isPause(gap)))
            end = word.bytes.upperBound
        }
        Self.readNumbers(&tokens, source)
        markTalk()
        denials = Self.readDenials(&tokens, source, language)
    }

    /// Tells names from other words where a sentence begins, by how the offered texts write them elsewhere.
    mutating func markNames(_ vocabulary: ClaimVocabulary) {
        for index in tokens.indices where tokens[index].isFirst && tokens[index].isCapital && !tokens[index].isStop {
            guard tokens[index].value == nil else { continue }
            tokens[index].isName = tokens[index].isName || vocabulary.isName(tokens[index].word)
            if vocabulary.isSmall(tokens[index].word) { tokens[index].isCapital = false }
        }
    }

    private static func isPause(_ gap: ArraySlice<UInt8>) -> Bool {
        String(decoding: gap, as: UTF8.self).unicodeScalars.contains {
            switch $0 {
            case ",", ";", ":", "(", ")", ".", "!", "?", "\n", "—", "–": true
            default: false
            }
        }
    }

    /// What a contraction leaves: `don't` is `don` and `t`.
    static let fragments: Set<String> = [
        "wasn", "isn", "aren", "weren", "don", "doesn", "didn", "couldn", "wouldn", "shouldn", "hasn", "haven", "hadn",
        "ain", "mustn", "needn", "ll", "ve", "re", "d", "one",
    ]

    /// An opening that only says that there is a text (`According to the material, …`) is no part of the claim.
    private mutating func markTalk() {
        var index = 0
        while index < tokens.count, tokens[index].isStop || Self.talk.contains(tokens[index].text) { index += 1 }
        for position in 0..<min(index, tokens.count) {
            tokens[position].isStop = true
            tokens[position].isName = false
        }
    }

    private static let talk: Set<String> = [
        "according", "text", "passage", "passages", "material", "notes", "course", "states", "state", "stated", "says",
        "explains", "describes", "mentions", "short", "summary", "answer", "yes", "therefore", "thus", "however",
        "moreover", "furthermore", "additionally", "finally", "overall", "basically", "specifically", "document",
        "acordo", "conforme", "segundo", "texto", "trecho", "trechos", "notas", "curso", "disciplina", "diz", "afirma",
        "explica", "descreve", "menciona", "resumo", "resposta", "sim", "portanto", "assim", "entretanto", "porem",
        "contudo", "ademais", "alem", "disso", "finalmente", "documento",
    ]
}

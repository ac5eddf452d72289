import Support

extension ClaimText {
    /// Marks the words that say no, and finds what they say it to: the next words that count, else the one before.
    static func readDenials(
        _ tokens: inout [ClaimToken], _ source: [UInt8], _ language: TextLanguage
    ) -> [Denial] {
        let cues = language == .portuguese ? portugueseCues : englishCues
        for index in tokens.indices {
            let token = tokens[index]
            guard cues.contains(token.text) || isContracted(index, tokens, source) else { continue }
            let next = index + 1 < tokens.count ? tokens[index + 1] : nil
            // `not only … but also` says yes.
            if let next, notAlone.contains(next.text), token.text != "without" { continue }
            // `No. 5`
            if token.text == "no", next?.value != nil { continue }
            tokens[index].isNegation = true
            tokens[index].isName = false
            if token.text == "no", next?.text == "longer" { tokens[index + 1].isStop = true }
        }
        var denials: [Denial] = []
        for index in tokens.indices where tokens[index].isNegation {
            denials.append(Denial(cue: index, heads: heads(of: index, tokens)))
        }
        return denials
    }

    private static func heads(of cue: Int, _ tokens: [ClaimToken]) -> [Int] {
        var heads: [Int] = []
        var next = cue + 1
        while next < tokens.count, next - cue <= reach, !tokens[next].followsPause, heads.count < 3 {
            if tokens[next].isContent { heads.append(next) }
            next += 1
        }
        if !heads.isEmpty { return heads }
        var before = cue - 1
        while before >= 0, cue - before <= reach {
            if tokens[before].isContent { return [before] }
            if tokens[before].followsPause { return [] }
            before -= 1
        }
        return []
    }

    /// Whether a token is denied, or a denial stands right beside it.
    func denies(_ index: Int) -> Bool {
        denials.contains { $0.heads.contains(index) || abs($0.cue - index) <= Self.beside }
    }

    /// The `t` of `wasn't` and `can't`.
    private static func isContracted(_ index: Int, _ tokens: [ClaimToken], _ source: [UInt8]) -> Bool {
        guard tokens[index].text == "t", index > 0 else { return false }
        let gap = source[tokens[index - 1].bytes.upperBound..<tokens[index].bytes.lowerBound]
        guard String(decoding: gap, as: UTF8.self) == "'" || String(decoding: gap, as: UTF8.self) == "’" else {
            return false
        }
        let before = tokens[index - 1].text
        return fragments.contains(before) || before == "can" || before == "won"
    }

    /// Words between a negation and what it denies.
    private static let reach = 6
    private static let beside = 2

    private static let englishCues: Set<String> = [
        "not", "never", "no", "nor", "neither", "none", "nobody", "nothing", "nowhere", "without", "cannot", "hardly",
        "rarely", "barely", "scarcely", "seldom", "except",
    ]
    private static let portugueseCues: Set<String> = [
        "nao", "nunca", "jamais", "nem", "sem", "nenhum", "nenhuma", "nenhuns", "ninguem", "nada", "tampouco", "exceto",
        "raramente",
    ]
    private static let notAlone: Set<String> = ["only", "just", "merely", "so", "apenas", "somente", "doubt", "duvida"]
}

/// The English stemmer of Snowball 3 ("Porter2", https://snowballstem.org/algorithms/english/stemmer.html).
///
/// Measured equal to the reference on the fixture `Tests/SupportTests/Fixtures/stems`.
enum EnglishStemmer {
    /// Replaces a word of lower-case ASCII letters and apostrophes by its stem.
    static func stem(_ word: inout [UInt8]) {
        if let known = exceptions[word] {
            word = known
            return
        }
        guard word.count >= 3 else { return }
        markConsonantY(&word)
        let (first, second) = regions(of: word)
        removePlural(&word)
        removeParticiple(&word, first)
        turnY(&word)
        replaceLongSuffix(&word, first)
        replaceShortSuffix(&word, first, second)
        removeSuffix(&word, second)
        removeFinalLetter(&word, first, second)
        for position in word.indices where word[position] == UInt8(ascii: "Y") { word[position] = UInt8(ascii: "y") }
    }

    private static func isVowel(_ letter: UInt8) -> Bool {
        switch letter {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: false
        }
    }

    /// Drops a leading apostrophe and writes `Y` where y is a consonant: at the beginning and after a vowel.
    private static func markConsonantY(_ word: inout [UInt8]) {
        if word[0] == UInt8(ascii: "'") { word.removeFirst() }
        for position in word.indices where word[position] == UInt8(ascii: "y") {
            if position == 0 || isVowel(word[position - 1]) { word[position] = UInt8(ascii: "Y") }
        }
    }

    /// Where R1 and R2 begin: after the first consonant that follows a vowel, and the same again.
    private static func regions(of word: [UInt8]) -> (first: Int, second: Int) {
        func after(_ start: Int) -> Int {
            var position = start
            while position < word.count, !isVowel(word[position]) { position += 1 }
            while position < word.count, isVowel(word[position]) { position += 1 }
            return min(position + 1, word.count)
        }
        let prefix = prefixes.first { word.starts(with: $0) }
        let first = prefix?.count ?? after(0)
        return (first, after(first))
    }

    /// Whether `word[..<end]` ends in a short syllable.
    private static func endsShort(_ word: [UInt8], _ end: Int) -> Bool {
        if end >= 3, !isVowel(word[end - 3]), isVowel(word[end - 2]), !isVowel(word[end - 1]),
            !"wxY".utf8.contains(word[end - 1])
        {
            return true
        }
        if end == 2, isVowel(word[0]), !isVowel(word[1]) { return true }
        return word.hasSuffix("past", end: end)
    }

    /// Step 1a, and the genitive before it.
    private static func removePlural(_ word: inout [UInt8]) {
        if let (_, start) = genitives.match(word) { word.removeSubrange(start...) }
        guard let (action, start) = plurals.match(word) else { return }
        switch action {
        case 1: word.replace(from: start, with: "ss")
        case 2: word.replace(from: start, with: start >= 2 ? "i" : "ie")
        case 3: if start >= 2, word[..<(start - 1)].contains(where: isVowel) { word.removeLast() }
        default: break
        }
    }

    /// Step 1b.
    private static func removeParticiple(_ word: inout [UInt8], _ first: Int) {
        guard let (action, start) = participles.match(word) else { return }
        if action == 1 {
            guard start >= first else { return }
            if let (_, root) = doubleERoots.match(word, end: start), root == 0 { return }
            return word.replace(from: start, with: "ee")
        }
        if action == 3, let (kind, root) = ingRoots.match(word, end: start) {
            if kind == 1, root == 1, !isVowel(word[0]) { return word.replace(from: root, with: "ie") }
            if kind == 2, root == 0 { return }
        }
        guard word[..<start].contains(where: isVowel) else { return }
        word.removeSubrange(start...)
        switch participleRoots.match(word)?.action {
        case 1: word.append(UInt8(ascii: "e"))
        case 2: if word.count != 3 || !"aeo".utf8.contains(word[0]) { word.removeLast() }
        default: if word.count == first, endsShort(word, word.count) { word.append(UInt8(ascii: "e")) }
        }
    }

    /// Step 1c.
    private static func turnY(_ word: inout [UInt8]) {
        guard word.count >= 3, let last = word.last, last | 0x20 == UInt8(ascii: "y"), !isVowel(word[word.count - 2])
        else { return }
        word[word.count - 1] = UInt8(ascii: "i")
    }

    /// Step 2.
    private static func replaceLongSuffix(_ word: inout [UInt8], _ first: Int) {
        guard let (action, start) = longSuffixes.match(word), start >= first else { return }
        switch action {
        case 13 where start == 0 || word[start - 1] != UInt8(ascii: "l"): break
        case 15:
            if start > 0, "cdeghkmnrt".utf8.contains(word[start - 1]) { word.removeSubrange(start...) }
        default: word.replace(from: start, with: longReplacements[action])
        }
    }

    /// Step 3.
    private static func replaceShortSuffix(_ word: inout [UInt8], _ first: Int, _ second: Int) {
        guard let (action, start) = shortSuffixes.match(word), start >= (action == 5 ? second : first) else { return }
        word.replace(from: start, with: shortReplacements[action])
    }

    /// Step 4.
    private static func removeSuffix(_ word: inout [UInt8], _ second: Int) {
        guard let (action, start) = removedSuffixes.match(word), start >= second else { return }
        if action == 2, start == 0 || !"st".utf8.contains(word[start - 1]) { return }
        word.removeSubrange(start...)
    }

    /// Step 5.
    private static func removeFinalLetter(_ word: inout [UInt8], _ first: Int, _ second: Int) {
        guard let last = word.last else { return }
        let start = word.count - 1
        if last == UInt8(ascii: "e") {
            if start >= second || start >= first && !endsShort(word, start) { word.removeLast() }
        } else if last == UInt8(ascii: "l"), start >= second, start > 0, word[start - 1] == last {
            word.removeLast()
        }
    }

    private static let prefixes =
        ["arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers"].map { Array($0.utf8) }
    private static let exceptions: [[UInt8]: [UInt8]] = {
        let pairs = [
            "andes": "andes", "atlas": "atlas", "bias": "bias", "cosmos": "cosmos", "early": "earli",
            "gently": "gentl", "howe": "howe", "idly": "idl", "news": "news", "only": "onli", "singly": "singl",
            "skies": "sky", "skis": "ski", "sky": "sky", "ugly": "ugli",
        ]
        return Dictionary(uniqueKeysWithValues: pairs.map { (Array($0.utf8), Array($1.utf8)) })
    }()
    private static let genitives = SuffixTable([(1, "' 's' 's")])
    private static let plurals = SuffixTable([(1, "sses"), (2, "ied ies"), (3, "s"), (4, "ss us")])
    private static let participles = SuffixTable([(1, "eed eedly"), (2, "ed edly ingly"), (3, "ing")])
    private static let doubleERoots = SuffixTable([(1, "succ proc exc")])
    private static let ingRoots = SuffixTable([(1, "y"), (2, "even cann inn earr herr out")])
    private static let participleRoots = SuffixTable([(1, "at bl iz"), (2, "bb dd ff gg mm nn pp rr tt")])
    private static let longSuffixes = SuffixTable([
        (0, "tional"), (1, "enci"), (2, "anci"), (3, "abli"), (4, "entli"), (5, "izer ization"),
        (6, "ational ation ator"), (7, "alism aliti alli"), (8, "fulness fulli"), (9, "ousli ousness"),
        (10, "iveness iviti"), (11, "biliti bli"), (12, "ogist"), (13, "ogi"), (14, "lessli"), (15, "li"),
    ])
    private static let longReplacements: [StaticString] = [
        "tion", "ence", "ance", "able", "ent", "ize", "ate", "al", "ful", "ous", "ive", "ble", "og", "og", "less", "",
    ]
    private static let shortSuffixes = SuffixTable([
        (0, "tional"), (1, "ational"), (2, "alize"), (3, "icate iciti ical"), (4, "ful ness"), (5, "ative"),
    ])
    private static let shortReplacements: [StaticString] = ["tion", "ate", "al", "ic", "", ""]
    private static let removedSuffixes = SuffixTable([
        (1, "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize"), (2, "ion"),
    ])
}

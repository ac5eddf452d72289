/// The Portuguese stemmer of Snowball 3 (https://snowballstem.org/algorithms/portuguese/stemmer.html).
///
/// Measured equal to the reference on the fixture `Tests/SupportTests/Fixtures/stems`.
enum PortugueseStemmer {
    private static let tilde = UInt8(ascii: "~")
    private static let (nasalA, nasalO): (UInt8, UInt8) = (0xe3, 0xf5)

    /// Replaces a word of lower-case Latin-1 letters by its stem.
    static func stem(_ word: inout [UInt8]) {
        splitNasals(&word)
        let regions = Regions(of: word)
        if removeStandardSuffix(&word, regions) || removeVerbSuffix(&word, regions) {
            let end = word.count - 1
            if end >= 1, word[end] == UInt8(ascii: "i"), word[end - 1] == UInt8(ascii: "c"), end >= regions.verbal {
                word.removeLast()
            }
        } else if let (_, start) = residualSuffixes.match(word), start >= regions.verbal {
            word.removeSubrange(start...)
        }
        removeResidualForm(&word, regions)
        joinNasals(&word)
    }

    private static func isVowel(_ letter: UInt8) -> Bool {
        switch letter {
        case 0x61, 0x65, 0x69, 0x6f, 0x75, 0xe1, 0xe2, 0xe9, 0xea, 0xed, 0xf3, 0xf4, 0xfa: true
        default: false
        }
    }

    /// Where the regions RV, R1 and R2 of a word begin.
    private struct Regions {
        let verbal: Int
        let first: Int
        let second: Int

        init(of word: [UInt8]) {
            /// One past the next vowel, or consonant, from `start` on; the end when there is none.
            func after(vowel: Bool, from start: Int) -> Int {
                var position = start
                while position < word.count, isVowel(word[position]) != vowel { position += 1 }
                return min(position + 1, word.count)
            }
            func next(from start: Int) -> Int { after(vowel: false, from: after(vowel: true, from: start)) }
            first = next(from: 0)
            second = next(from: first)
            if word.count < 2 {
                verbal = word.count
            } else if isVowel(word[1]) {
                verbal = isVowel(word[0]) ? after(vowel: false, from: 2) : min(3, word.count)
            } else {
                verbal = after(vowel: true, from: 2)
            }
        }
    }

    private static func splitNasals(_ word: inout [UInt8]) {
        guard word.contains(where: { $0 == nasalA || $0 == nasalO }) else { return }
        word = word.flatMap { letter in
            switch letter {
            case nasalA: [UInt8(ascii: "a"), tilde]
            case nasalO: [UInt8(ascii: "o"), tilde]
            default: [letter]
            }
        }
    }

    private static func joinNasals(_ word: inout [UInt8]) {
        guard word.contains(tilde) else { return }
        var joined: [UInt8] = []
        for letter in word {
            if letter == tilde, joined.last == UInt8(ascii: "a") {
                joined[joined.count - 1] = nasalA
            } else if letter == tilde, joined.last == UInt8(ascii: "o") {
                joined[joined.count - 1] = nasalO
            } else {
                joined.append(letter)
            }
        }
        word = joined
    }

    /// Whether an ending was removed or replaced.
    private static func removeStandardSuffix(_ word: inout [UInt8], _ regions: Regions) -> Bool {
        guard let (action, start) = standardSuffixes.match(word) else { return false }
        let region =
            switch action {
            case 5: regions.first
            case 9: regions.verbal
            default: regions.second
            }
        guard start >= region else { return false }
        /// Removes an ending of the table if it is in R2; returns its number.
        func remove(_ table: SuffixTable, _ word: inout [UInt8]) -> Int? {
            guard let (action, start) = table.match(word), start >= regions.second else { return nil }
            word.removeSubrange(start...)
            return action
        }
        switch action {
        case 2: word.replace(from: start, with: "log")
        case 3: word.replace(from: start, with: "u")
        case 4: word.replace(from: start, with: "ente")
        case 9:
            guard start > 0, word[start - 1] == UInt8(ascii: "e") else { return false }
            word.replace(from: start, with: "ir")
        default:
            word.removeSubrange(start...)
            switch action {
            case 5: if remove(beforeAmente, &word) == 2 { _ = remove(participle, &word) }
            case 6: _ = remove(beforeMente, &word)
            case 7: _ = remove(beforeIdade, &word)
            case 8: _ = remove(participle, &word)
            default: break
            }
        }
        return true
    }

    private static func removeVerbSuffix(_ word: inout [UInt8], _ regions: Regions) -> Bool {
        guard let (_, start) = verbSuffixes.match(word, from: regions.verbal) else { return false }
        word.removeSubrange(start...)
        return true
    }

    private static func removeResidualForm(_ word: inout [UInt8], _ regions: Regions) {
        guard let last = word.last else { return }
        switch last {
        case 0xe7: word[word.count - 1] = UInt8(ascii: "c")
        case UInt8(ascii: "e"), 0xe9, 0xea:
            guard word.count - 1 >= regions.verbal else { return }
            word.removeLast()
            let end = word.count - 1
            guard end >= 1, end >= regions.verbal else { return }
            if word.hasSuffix("gu", end: word.count) || word.hasSuffix("ci", end: word.count) { word.removeLast() }
        default: break
        }
    }

    private static let beforeAmente = SuffixTable([(1, "ic ad os"), (2, "iv")])
    private static let beforeMente = SuffixTable([(1, "ante avel ível")])
    private static let beforeIdade = SuffixTable([(1, "ic abil iv")])
    private static let participle = SuffixTable([(1, "at")])
    private static let residualSuffixes = SuffixTable([(1, "a i o os á í ó")])
    private static let standardSuffixes = SuffixTable([
        (
            1,
            """
            ica icas ico icos ância osa osas oso osos ista istas eza ezas ismo ismos ante antes ável ível
            adora adoras ador adores amento amentos imento imentos aça~o aço~es
            """
        ),
        (2, "logia logias"), (3, "uça~o uço~es"), (4, "ência ências"), (5, "amente"), (6, "mente"),
        (7, "idade idades"), (8, "iva ivas ivo ivos"), (9, "ira iras"),
    ])
    private static let verbSuffixes = SuffixTable([
        (
            1,
            """
            ada ida ia aria eria iria ara era ira ava asse esse isse aste este iste ei arei erei irei am iam ariam
            eriam iriam aram eram iram avam em arem erem irem assem essem issem ado ido ando endo indo ara~o era~o
            ira~o ar er ir as adas idas ias arias erias irias aras eras iras avas es ardes erdes irdes ares eres ires
            asses esses isses astes estes istes is ais eis areis ereis ireis áreis éreis íreis ásseis ésseis ísseis
            áveis íeis aríeis eríeis iríeis ados idos amos áramos éramos íramos ávamos íamos aríamos eríamos iríamos
            emos aremos eremos iremos ássemos êssemos íssemos imos armos ermos irmos ámos arás erás irás eu iu ou ará
            erá irá
            """
        )
    ])
}

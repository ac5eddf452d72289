/// British spellings as American ones, so that `tumour` finds tumor and `randomised` randomized.
///
/// Rules for endings and for Greek roots that are spelt otherwise, not a dictionary: what they make of other words is no
/// word, and the same for a text and a question.
enum BritishSpelling {
    /// The least letters before `-our` and `-ogue` (`hour`, `vogue`), and before `-ise`.
    private static let shortestRoot = 3
    private static let shortestVerb = 4

    /// - Parameter word: lower-case ASCII letters.
    static func normalise(_ word: inout [UInt8]) {
        guard word.count > shortestRoot else { return }
        if let american = words[word] {
            word = american
            return
        }
        replaceRoots(&word)
        if let (action, start) = endings.match(word) { replaceEnding(&word, action, start) }
    }

    /// `haem`, `oestr` and the like: all hold one of three pairs of letters, which hardly any other word has.
    private static func replaceRoots(_ word: inout [UInt8]) {
        var position = 0
        while position + 1 < word.count {
            let isPair =
                switch (word[position], word[position + 1]) {
                case (UInt8(ascii: "a"), UInt8(ascii: "e")), (UInt8(ascii: "o"), UInt8(ascii: "e")),
                    (UInt8(ascii: "p"), UInt8(ascii: "h")):
                    true
                default: false
                }
            if isPair, let root = roots.first(where: { $0.matches(word, pair: position) }) {
                word.replaceSubrange(position..<(position + 2), with: root.replacement)
            }
            position += 1
        }
    }

    private static func replaceEnding(_ word: inout [UInt8], _ action: Int, _ start: Int) {
        switch action {
        case 1: if start >= shortestRoot { word.remove(at: start + 1) }
        case 2: word[start + 1] = UInt8(ascii: "z")
        case 3:
            guard start >= shortestVerb, "cdghlmnrst".utf8.contains(word[start - 1]),
                !otherVerbs.contains(Array(word[..<start]))
            else { return }
            word[start + 1] = UInt8(ascii: "z")
        case 4: if start > 0 { word[start + 2] = UInt8(ascii: "z") }
        case 5: if start >= shortestRoot { word.removeSubrange((start + 2)..<(start + 4)) }
        case 6:
            // The ending begins with the root's last letters.
            if let end = word.lastIndex(of: UInt8(ascii: "r")) { word.swapAt(end, end + 1) }
        default: break
        }
    }

    private static let endings = SuffixTable([
        (
            1,
            """
            our ours oured ouring oural ourally ourable ourably ourer ourers ourful ourless ourhood ourhoods ourist ourists
            ourite ourites ourism
            """
        ),
        (2, "isation isations isational"), (3, "ise ises ised ising iser isers isable"),
        (4, "lyse lysed lysing lyser lysers"), (5, "ogue ogues"),
        (
            6,
            """
            centre centres centred fibre fibres litre litres metre metres theatre theatres calibre calibres spectre spectres
            """
        ),
    ])

    /// What stands before `-ise` where American spelling has it too.
    private static let otherVerbs = bytes(
        """
        advert chast circumc comprom compr conc enterpr exerc expert franch merchand parad prec prem prom repr surm surpr
        treat
        """)

    private static let words: [[UInt8]: [UInt8]] = {
        let pairs = """
            ageing aging aluminium aluminum artefact artifact artefacts artifacts defence defense defences defenses grey gray
            licence license licences licenses mould mold moulds molds offence offense offences offenses plough plow
            programme program programmes programs sceptic skeptic sceptical skeptical
            """.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
        return Dictionary(
            uniqueKeysWithValues: stride(from: 0, to: pairs.count, by: 2).map { (pairs[$0], pairs[$0 + 1]) })
    }()

    /// Letters with a pair of them to be replaced.
    private struct Root {
        let letters: [UInt8]
        /// Where the pair is.
        let pair: Int
        let replacement: [UInt8]

        func matches(_ word: [UInt8], pair position: Int) -> Bool {
            let start = position - pair
            return start >= 0 && start + letters.count <= word.count
                && letters.indices.allSatisfy { word[start + $0] == letters[$0] }
        }
    }

    private static let roots: [Root] = {
        let greek = """
            aem aesth aetio aedia paed gynaec caec faec archae palae mediaev
            oest oedem oesoph foet rhoea pnoea coeliac homoeo amoeb manoeu
            """.split(whereSeparator: \.isWhitespace)
        return greek.compactMap { root in
            let letters = Array(root.utf8)
            return letters.indices.dropLast().last { position in
                letters[position + 1] == UInt8(ascii: "e") && "ao".utf8.contains(letters[position])
            }.map { Root(letters: letters, pair: $0, replacement: [UInt8(ascii: "e")]) }
        } + [Root(letters: Array("sulph".utf8), pair: 3, replacement: [UInt8(ascii: "f")])]
    }()

    private static func bytes(_ list: String) -> Set<[UInt8]> {
        Set(list.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) })
    }
}

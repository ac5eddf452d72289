/// The content words of a text, so that different spellings of one word are equal: lower case, without accents, without
/// stop words, plural endings of Portuguese and English taken off, and cut after six letters, so that `recursão`,
/// `recursiva` and `recursion` meet. Cutting is a stemmer that needs no language and does well in both (McNamee and
/// Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval", Information Retrieval 7, 2004).
struct QuoteWords: Sendable {
    let set: Set<String>
    /// The first two, where a sentence usually names what it speaks of.
    let opening: [String]

    init(_ text: some StringProtocol) {
        var words: [String] = []
        var word = ""
        func endWord() {
            if !word.isEmpty, !Self.stopWords.contains(word) { words.append(String(Self.singular(word).prefix(6))) }
            word = ""
        }
        for scalar in text.lowercased().unicodeScalars {
            if let letter = Self.folded(scalar) {
                word.unicodeScalars.append(letter)
            } else if !Self.isCombining(scalar) {
                endWord()
            }
        }
        endWord()
        set = Set(words)
        opening = Array(words.prefix(2))
    }

    /// Shared words as a part of all (Jaccard).
    func overlap(_ other: QuoteWords) -> Double {
        let shared = set.intersection(other.set).count
        let all = set.count + other.set.count - shared
        return all == 0 ? 0 : Double(shared) / Double(all)
    }

    private static func singular(_ word: String) -> String {
        guard word.utf8.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss") else { return word }
        if word.hasSuffix("oes") || word.hasSuffix("aes") { return word.dropLast(3) + "ao" }
        if word.hasSuffix("ais") || word.hasSuffix("eis") { return word.dropLast(2) + "l" }
        if word.hasSuffix("ies"), word.utf8.count > 4 { return word.dropLast(3) + "y" }
        if word.hasSuffix("ns") { return word.dropLast(2) + "m" }
        return String(word.dropLast())
    }

    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36f).contains(scalar.value) }

    /// The letter or digit without its accent; nil for anything else.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII { return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) ? scalar : nil }
        switch scalar {
        case "à"..."å": return "a"
        case "ç": return "c"
        case "è"..."ë": return "e"
        case "ì"..."ï": return "i"
        case "ñ": return "n"
        case "ò"..."ö": return "o"
        case "ù"..."ü": return "u"
        case "ý", "ÿ": return "y"
        default: return scalar.properties.isAlphabetic || scalar.properties.numericType != nil ? scalar : nil
        }
    }

    private static let stopWords: Set<String> = [
        "a", "o", "as", "os", "um", "uma", "uns", "umas", "de", "do", "da", "dos", "das", "em", "no", "na", "nos",
        "nas", "por", "pelo", "pela", "pelos", "pelas", "para", "pra", "com", "sem", "sob", "sobre", "entre", "ate",
        "e", "ou", "mas", "que", "se", "como", "quando", "onde", "qual", "quais", "quem", "quanto", "quantos", "quanta",
        "quantas", "porque", "ao", "aos", "eu", "tu", "ele", "ela", "eles", "elas", "voce", "voces", "me", "te", "lhe",
        "meu", "minha", "seu", "sua", "seus", "suas", "isso", "isto", "este", "esta", "estes", "estas", "esse", "essa",
        "esses", "essas", "aquele", "aquela", "ser", "sao", "era", "foi", "estar", "estao", "ter", "tem", "ha", "haver",
        "posso", "pode", "podem", "deve", "nao", "sim", "ja", "mais", "menos", "muito", "tambem", "so", "explique",
        "defina", "diga", "fale", "significa", "the", "an", "of", "to", "in", "on", "at", "by", "for", "with",
        "without", "from", "into", "about", "between", "and", "or", "but", "if", "then", "than", "that", "this",
        "these", "those", "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "is", "are", "was",
        "were", "be", "been", "being", "am", "does", "did", "has", "have", "had", "can", "could", "should", "would",
        "will", "shall", "may", "might", "must", "i", "you", "he", "she", "it", "we", "they", "my", "your", "his",
        "her", "its", "our", "their", "him", "us", "them", "not", "yes", "there", "explain", "define", "tell", "mean",
        "means", "s", "t",
    ]
}

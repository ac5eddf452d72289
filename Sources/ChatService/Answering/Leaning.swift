import Support

/// How far a message leans on the conversation before it: told by its words alone, in Portuguese or English.
enum Leaning: Int, Sendable, Comparable {
    /// It names its subject.
    case none
    /// It may: a pronoun whose meaning may be in the message itself, or few words.
    case slight
    /// It continues, points back, or chooses among things named before.
    case strong
    /// It names nothing: "and why?", "explain that".
    case whole

    init(of message: String) {
        let words = Words.folded(message, limit: Self.looked)
        let content = words.filter(Self.isContent)
        if content.isEmpty {
            self = .whole
        } else if Self.continues(words) {
            self = .strong
        } else if let pointer = Self.pointer(in: words) {
            self = Self.hasAntecedent(words[..<pointer]) ? .slight : .strong
        } else if content.count <= 2, words.contains(where: Self.ordinals.contains) {
            self = .strong
        } else if content.count == 1, !Self.defines(words) {
            // "How much memory?" asks it of something; "quicksort?" is a new subject as well as an old one.
            self = Self.asking.contains(words[0]) ? .strong : .slight
        } else {
            self = content.count == 2 && !Self.defines(words) ? .slight : .none
        }
    }

    static func < (left: Leaning, right: Leaning) -> Bool { left.rawValue < right.rawValue }

    /// Words of a message that are looked at.
    private static let looked = 200

    private static func isContent(_ word: String) -> Bool {
        !StopWords.all.contains(word) && !vague.contains(word) && !pointers.contains(word)
    }

    private static func continues(_ words: [String]) -> Bool {
        openers.contains(words[0]) || beginnings.contains { words.starts(with: $0) }
    }

    /// The place of the first word that stands for something else.
    private static func pointer(in words: [String]) -> Int? {
        words.indices.first { index in
            let before = index > 0 ? words[index - 1] : ""
            switch words[index] {
            // "Are there lakes"; "the fact that", but "why is that".
            case "there": return !["is", "are", "was", "were"].contains(before)
            case "that": return index == 0 || StopWords.english.contains(before)
            // "Which of the two", "qual das duas".
            case "two": return index > 1 && before == "the" && words[index - 2] == "of"
            case "duas", "dois": return ["das", "dos"].contains(before)
            // "A pilha está vazia" is "esta" when folded.
            case "esta": return index + 1 < words.count && isContent(words[index + 1]) && !isContent(before)
            default: return pointers.contains(words[index])
            }
        }
    }

    /// Whether what is said before a pronoun may be what it means: "what did the Normans call their language". Who acts is
    /// often one of them: "who deployed its army".
    private static func hasAntecedent(_ words: ArraySlice<String>) -> Bool {
        let content = words.filter(isContent).count
        return content > (words.first.map(["who", "quem"].contains) == true ? 0 : 2)
    }

    /// "What is recursion", "o que é uma pilha": short, and whole.
    private static func defines(_ words: [String]) -> Bool {
        definitions.contains { words.starts(with: $0) }
    }

    private static let beginnings: [[String]] = [
        ["what", "about"], ["how", "about"], ["what", "if"], ["tell", "me", "about"], ["e", "se"], ["no", "caso"],
        ["in", "that"], ["nesse", "caso"], ["neste", "caso"],
    ]
    private static let definitions: [[String]] = [
        ["define"], ["defina"], ["explain"], ["explique"], ["explica"], ["describe"], ["descreva"], ["compare"],
        ["what", "is"], ["what", "are"], ["what", "was"], ["what", "were"], ["who", "is"],
        ["who", "are"], ["who", "was"], ["who", "were"], ["o", "que", "e"], ["o", "que", "sao"], ["o", "que", "foi"],
        ["o", "que", "significa"], ["quem", "e"], ["quem", "foi"], ["qual", "e"], ["quais", "sao"],
    ]
    private static let asking: Set<String> = [
        "how", "which", "what", "who", "where", "when", "why", "whose", "quantos", "quantas", "quanto", "quanta",
        "qual",
        "quais", "que", "quem", "onde", "quando", "como",
    ]
    /// Words that begin a continuation.
    private static let openers: Set<String> = [
        "e", "mas", "entao", "nem", "and", "but", "so", "or", "ou", "agora", "then", "also",
    ]
    /// Words that point at something said before.
    private static let pointers: Set<String> = [
        "isso", "isto", "aquilo", "disso", "nisso", "disto", "nisto", "ele", "ela", "eles", "elas", "dele", "dela",
        "deles", "delas", "nele", "nela", "neles", "nelas", "esse", "essa", "esses", "essas", "este", "esta", "estes",
        "estas", "desse", "dessa", "desses", "dessas", "deste", "desta", "nesse", "nessa", "neste", "nesta", "la", "it",
        "its", "he", "him", "his", "she", "her", "hers", "they", "them", "their", "theirs", "this", "that", "these",
        "those", "there", "ones",
    ]
    /// Words that choose among things named before.
    private static let ordinals: Set<String> = [
        "segunda", "terceiro", "terceira", "anterior", "primeira", "ultimo", "ultima", "outro", "outra", "second",
        "third", "previous", "latter", "former", "other", "another",
    ]
    /// Content words that name no subject of their own.
    private static let vague: Set<String> = [
        "exemplo", "exemplos", "example", "examples", "explique", "explica", "explain", "mais", "more", "detalhe",
        "detalhes", "detail", "details", "melhor", "pior", "caso", "case", "best", "worst", "average", "medio",
        "resumo", "summary", "why", "tell", "diga", "mostre", "mostra", "show", "please", "favor", "ok", "sim", "yes",
        "obrigado", "obrigada", "thanks", "segundo", "segunda", "second", "terceiro", "third", "outro", "outra",
        "other", "another", "one", "ultimo", "last", "diferenca", "difference", "funciona", "work", "works", "entendi",
        "understand", "codigo", "code", "pode", "poderia", "dar", "give", "vale", "conta", "count", "exatamente",
        "exactly", "many", "much",
    ]
}

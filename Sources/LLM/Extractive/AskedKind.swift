import Support

/// What kind of thing a question asks for, as far as its first words say so, in Portuguese or English.
enum AskedKind: String, Sendable, CaseIterable {
    case person, time, number, place, reason, manner, definition, list, other

    init(_ question: String) {
        let words = Words.folded(question, limit: 40)
        let first = words.prefix(Self.opening)
        func opens(_ wanted: Set<String>) -> Bool { first.contains(where: wanted.contains) }
        /// Whether one of `nouns` follows a word that asks, at most one word between: `in what year`, `em que ano`.
        func asks(for nouns: Set<String>) -> Bool {
            words.indices.contains { index in
                Self.choosing.contains(words[index]) && words[(index + 1)...].prefix(2).contains(where: nouns.contains)
            }
        }
        /// Whether one of `following` comes right after `word`.
        func has(_ word: String, _ following: Set<String>) -> Bool {
            zip(words, words.dropFirst()).contains { $0 == word && following.contains($1) }
        }
        self =
            if opens(["why"]) || has("por", ["que"]) || words.first == "porque" || asks(for: Self.reasons) {
                .reason
            } else if opens(["quantos", "quantas", "quanto", "quanta"]) || has("how", Self.amounts)
                || asks(for: Self.measures)
            {
                .number
            } else if words.prefix(2).contains(where: ["when", "quando"].contains) || asks(for: Self.times) {
                .time
            } else if opens(["who", "whom", "whose", "quem"]) {
                .person
            } else if words.prefix(2).contains(where: ["where", "onde", "aonde"].contains) || asks(for: Self.places) {
                .place
            } else if Self.isDefinition(words) {
                .definition
            } else if opens(["quais", "liste", "list", "cite", "enumere", "enumerate"])
                || words.first == "name"
                || opens(["what", "which"]) && words.prefix(3).contains(where: ["are", "were"].contains)
            {
                .list
            } else if opens(["how", "como"]) {
                .manner
            } else {
                .other
            }
    }

    /// The words at whose head a question word is taken for one; later ones are mostly relative pronouns.
    private static let opening = 4

    /// `What is a tombstone?`, `O que é recursão?`, `Defina grafo`, `What does amortized mean?`; `What is the capital of
    /// France?` asks for a property.
    private static func isDefinition(_ words: [String]) -> Bool {
        let content = words.filter { !StopWords.all.contains($0) && !requests.contains($0) }.count
        guard (1...longestDefinition).contains(content) else { return false }
        let start = Array(words.prefix(3))
        let asksWhat = ["what", "whats"].contains(start[0]) && start.count == 3
        if asksWhat, copulas.contains(start[1]), ["a", "an"].contains(start[2]) { return true }
        guard content <= 4 else { return false }
        if words.contains(where: requests.contains) { return true }
        if start.count == 3, start[0] == "o", start[1] == "que", copulas.contains(start[2]) { return true }
        return asksWhat && copulas.contains(start[1]) && content <= 2 && !words.contains("of")
    }

    /// What a definition is asked of: `tombstone` of `What is a tombstone in a hash table?`
    static func subject(of question: String) -> String {
        Words.folded(question, limit: 40).drop { StopWords.all.contains($0) || requests.contains($0) }
            .prefix { !prepositions.contains($0) }.joined(separator: " ")
    }

    /// In words that carry meaning.
    private static let longestDefinition = 8
    private static let copulas: Set<String> = ["is", "are", "was", "were", "e", "sao", "era", "eram"]
    private static let prepositions: Set<String> = [
        "of", "in", "with", "for", "on", "at", "by", "from", "de", "do", "da", "dos", "das", "em", "no", "na", "nos",
        "nas", "num", "numa", "com", "para", "por",
    ]
    private static let requests: Set<String> = [
        "define", "defina", "conceitue", "mean", "means", "significa", "significado", "meaning", "definition",
    ]
    private static let choosing: Set<String> = ["what", "which", "que", "qual", "quais"]
    private static let reasons: Set<String> = [
        "reason", "reasons", "cause", "causes", "caused", "motivo", "motivos", "razao", "razoes", "causa", "causas",
        "causou",
    ]
    private static let amounts: Set<String> = [
        "many", "much", "long", "old", "far", "often", "large", "big", "high", "tall", "deep", "wide", "fast", "late",
    ]
    private static let measures: Set<String> = [
        "percent", "percentage", "number", "amount", "fraction", "population", "price", "cost", "distance", "speed",
        "size", "porcentagem", "percentual", "numero", "quantidade", "fracao", "populacao", "preco", "custo",
        "distancia", "velocidade", "tamanho", "idade", "age",
    ]
    private static let times: Set<String> = [
        "year", "years", "date", "century", "decade", "month", "day", "time", "period", "era", "ano", "anos", "data",
        "seculo", "decada", "mes", "dia", "epoca", "periodo", "prazo", "deadline", "horario",
    ]
    private static let places: Set<String> = [
        "country", "countries", "city", "cities", "state", "states", "region", "regions", "continent", "place",
        "river", "town", "room", "pais", "paises", "cidade", "cidades", "estado", "estados", "regiao", "continente",
        "lugar", "local", "rio", "sala",
    ]
}

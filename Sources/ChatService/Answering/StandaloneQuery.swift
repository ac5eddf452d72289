import Support

/// What to search for: the question, with what a short follow-up leans on.
///
/// Most questions in a deployed tutor are follow-ups ("and the second one?"), and retrieval that ignores the
/// conversation finds little for them. This is the local rule; it costs nothing and needs no model: a question that
/// cannot stand alone is searched together with the last question that could.
package enum StandaloneQuery {
    /// The query text: at most `maximumLength` characters.
    package static func make(question: String, history: [Turn]) -> String {
        let question = String(question.prefix(maximumLength))
        guard leansOnHistory(question) else { return question }
        let earlier = history.suffix(maximumTurns).filter { $0.role == .user }.map(\.content)
        guard let anchor = earlier.last(where: { !leansOnHistory($0) }) ?? earlier.last else { return question }
        return String(anchor.prefix(maximumLength / 2)) + "\n" + question.prefix(maximumLength / 2)
    }

    /// Whether a question points back instead of naming its subject.
    static func leansOnHistory(_ question: String) -> Bool {
        let words = Words.folded(question, limit: 200)
        guard let first = words.first else { return true }
        let content = words.filter { !StopWords.all.contains($0) && !vague.contains($0) }
        if content.count <= 1 { return true }
        let continues = openers.contains(first) || words.prefix(2) == ["what", "about"]
        if content.count <= 4 && (continues || words.contains(where: pointers.contains)) { return true }
        return content.count <= 2 && words.contains(where: ordinals.contains)
    }

    private static let maximumLength = 2_000
    private static let maximumTurns = 12

    /// Words that begin a continuation.
    private static let openers: Set<String> = [
        "e", "mas", "entao", "and", "but", "so", "or", "ou", "agora", "then", "also",
    ]
    /// Words that point at something said before, or at nothing.
    private static let pointers: Set<String> = [
        "isso", "isto", "aquilo", "ele", "ela", "eles", "elas", "dele", "dela", "deles", "delas", "nele", "nela",
        "disso",
        "nisso", "disto", "esse", "essa", "este", "esta", "desse", "dessa", "deste", "desta", "it", "its", "that",
        "this",
        "they", "them", "their", "these", "those", "one", "ones", "there",
    ]
    /// Words that choose among things named before.
    private static let ordinals: Set<String> = [
        "segundo", "segunda", "terceiro", "terceira", "anterior", "primeira", "ultimo", "ultima", "outro", "outra",
        "second", "third", "previous", "latter", "former", "other", "another",
    ]
    /// Content words that name no subject of their own.
    private static let vague: Set<String> = [
        "exemplo", "exemplos", "example", "examples", "explique", "explica", "explain", "mais", "more", "detalhe",
        "detalhes", "detail", "details", "melhor", "pior", "caso", "case", "best", "worst", "average", "medio",
        "resumo", "summary", "why", "tell", "diga", "mostre", "mostra", "show", "please", "favor", "ok", "sim", "yes",
        "obrigado", "obrigada", "thanks", "segundo", "segunda", "second", "terceiro", "third", "outro", "outra",
        "other",
        "ultimo", "last", "diferenca", "difference", "funciona", "work", "works", "entendi", "understand", "codigo",
        "code",
        "pode", "poderia", "dar", "give", "vale", "conta", "count", "exatamente", "exactly",
    ]
}

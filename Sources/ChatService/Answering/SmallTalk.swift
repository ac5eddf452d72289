import Support

/// A message that asks nothing of the course: a greeting, thanks, or the wish to have the last answer again in other words.
///
/// Told by its words alone: a short message in which every word belongs to such a phrase. One word of another kind makes it
/// a question ("hi, what is a stack?").
enum SmallTalk: Sendable, Equatable {
    case greeting
    /// Thanks, a goodbye, or a sign of having understood.
    case thanks
    /// "Can you explain that more simply?", "in Portuguese please".
    /// - Parameter language: in which the answer is wanted, where the message says it.
    case again(language: String?)

    init?(_ message: String) {
        let words = Words.folded(message, limit: Self.longest + 1)
        guard !words.isEmpty, words.count <= Self.longest else { return nil }
        func consists(of vocabulary: Vocabulary) -> Bool {
            words.contains(where: vocabulary.keys.contains)
                && words.allSatisfy { vocabulary.keys.contains($0) || vocabulary.others.contains($0) }
        }
        if consists(of: Self.greetings) {
            self = .greeting
        } else if consists(of: Self.acknowledgements) {
            self = .thanks
        } else if consists(of: Self.requests) {
            self = .again(language: words.lazy.compactMap { Self.languages[$0] }.first)
        } else {
            return nil
        }
    }

    /// Whether a message of the conversation names no subject, so that no later question leans on it.
    static func isAside(_ message: String) -> Bool { SmallTalk(message) != nil }

    /// The message's own language, by words that only one of them has.
    static func language(of message: String) -> String? {
        let words = Words.folded(message, limit: longest)
        if words.contains(where: english.contains) { return "en" }
        return words.contains(where: portuguese.contains) ? "pt" : LanguageGuess.of(message)
    }

    /// Words of the longest message of this kind.
    private static let longest = 14

    private struct Vocabulary {
        /// One of these must be there.
        let keys: Set<String>
        let others: Set<String>

        init(_ keys: String, with others: String) {
            self.keys = Set(keys.split(separator: " ").map(String.init))
            self.others = Set(others.split(separator: " ").map(String.init))
        }
    }

    private static let greetings = Vocabulary(
        "oi ola hello hi hey bom boa good opa alo",
        with: """
            dia tarde noite morning afternoon evening day tudo bem bom everyone everybody there all professor professora \
            prof assistente assistant gepeto tutor como vai voce vc esta how are you doing e ai pessoal gente galera oi ola
            """)

    private static let acknowledgements = Vocabulary(
        """
        obrigado obrigada obg brigado brigada thanks thank thx valeu vlw agradeco tchau bye goodbye ok okay entendi legal \
        otimo perfeito perfect great beleza understood understand claro got
        """,
        with: """
            eu you muito muita very much so a lot pela por ajuda ajudou sua the for your help it that helps helped now i \
            me mesmo isso agora ate mais logo later see was is this of all cool nice sim yes tudo bem claro good \
            night noite boa bom dia de novo again professor professora prof gepeto que explicacao explanation resposta answer
            """)

    private static let requests = Vocabulary(
        """
        explain explica explique explicar explicasse again novamente repete repita repetir repeat rephrase reformule \
        reformula reformular simpler simply simples simplify simplifique shorter resuma resumir resume summarize summarise \
        translate traduza traduz traduzir portuguese portugues english ingles entendi understand understood entender clearer \
        clear claro
        """,
        with: """
            can could you please it that this the in into more less words way for me a an once i don t didn do not did again \
            last answer explanation one another other different to be bit little so way like five year old beginner sorry \
            what mean pode poderia voce vc por favor isso isto de novo mais menos forma maneira jeito um uma pouco em \
            palavras outras outra com melhor resposta ultima a o me para mim pra nao eu resumidamente curto curta texto \
            explicacao facil easier easy direito bem ainda better now only just sua your my answer reply still yet
            """)

    private static let languages = ["portuguese": "pt", "portugues": "pt", "english": "en", "ingles": "en"]

    private static let english: Set<String> = [
        "hello", "hi", "hey", "good", "morning", "thanks", "thank", "thx", "bye", "goodbye", "okay", "perfect", "great",
        "understood", "please", "explain", "again", "repeat", "rephrase",
    ]
    private static let portuguese: Set<String> = [
        "oi", "ola", "opa", "bom", "boa", "obrigado", "obrigada", "obg", "brigado", "brigada", "valeu", "vlw", "tchau",
        "entendi", "legal", "otimo", "perfeito", "beleza", "repete", "repita", "repetir", "explique", "explicar",
        "favor",
    ]
}

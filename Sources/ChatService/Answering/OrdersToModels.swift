import Support

/// Finds the sentences of a passage that speak to a language model instead of a student: "Ignore all previous
/// instructions and say …". They are evidence for nothing: what a model says because it was told to is not supported by
/// the telling.
///
/// An order is told by what it is about, in English and Portuguese: setting aside instructions, the system prompt, a new
/// role; or a model that is addressed and told to do something. What is only spoken about, in the midst of a sentence or
/// between quotation marks, is none, so that a course about prompt injection keeps its evidence.
package enum OrdersToModels {
    /// `passage` with blanks in the place of each byte of an order, so that all offsets stay; the same text when there is none.
    package static func blanked(in passage: String) -> String {
        let orders = ranges(in: passage)
        guard !orders.isEmpty else { return passage }
        var bytes = Array(passage.utf8)
        for range in orders {
            for index in range where bytes[index] != 0x0a { bytes[index] = 0x20 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The UTF-8 bytes of the orders: each sentence that gives one, with up to `reach` sentences of its paragraph that follow,
    /// which say what is to be said; and behind one, paragraphs in which a party of a chat speaks.
    static func ranges(in passage: String) -> [Range<Int>] {
        var orders: [Range<Int>] = []
        var left = 0
        var last = 0
        for range in SentenceSplitter.byteRanges(in: passage).prefix(maximumSentences) {
            let sentence = passage.utf8Substring(range)
            let gap = passage.utf8Substring(last..<range.lowerBound)
            last = range.upperBound
            if gap.utf8.count(where: { $0 == 0x0a }) > 1 { left = 0 }
            if givesOrder(sentence) || (!orders.isEmpty && ControlPhrases.beginsWithRole(sentence[...])) {
                left = reach + 1
            }
            guard left > 0 else { continue }
            left -= 1
            orders.append(range)
        }
        return orders
    }

    /// Whether a sentence gives an order, or one of its lines does, or what stands behind a tag.
    private static func givesOrder(_ sentence: String) -> Bool {
        if isOrder(sentence) { return true }
        let lines = sentence.utf8.split { $0 == 0x0a || $0 == 0x3e }.prefix(maximumLines)
        return lines.count > 1 && lines.contains { isOrder(String(Substring($0))) }
    }

    /// Whether one sentence gives an order to a model.
    static func isOrder(_ sentence: String) -> Bool {
        let sentence = String(sentence.prefix(longestSentence))
        let words = Words.folded(unquoted(sentence))
        guard !words.isEmpty else { return false }
        for (index, word) in words.enumerated() {
            let following = words[(index + 1)...].prefix(7)
            let next = following.prefix { !conjunctions.contains($0) }
            let isClauseStart = index == 0 || clauseOpeners.contains(words[index - 1])
            if settingAside.contains(word), isClauseStart || index <= 6 && begins(sentence, with: word),
                next.contains(where: { instructions.contains($0) })
            {
                return true
            }
            if index <= 4, newRoles.contains(where: { ([word] + following).starts(with: $0) }),
                !following.contains(where: { abilities.contains($0) })
            {
                return true
            }
        }
        if addressesModel(sentence) { return true }
        let speaksOfPrompt =
            zip(words, words.dropFirst()).contains { ["system", "hidden", "secret"].contains($0) && $1 == "prompt" }
            || words.joined(separator: " ").contains("prompt do sistema")
        return speaksOfPrompt && words.prefix(3).contains { deeds.contains($0) }
    }

    /// Without what stands between quotation marks or back-ticks behind other words.
    private static func unquoted(_ sentence: String) -> String {
        var plain = ""
        var closer: Character?
        for character in sentence {
            if let open = closer {
                if character == open { closer = nil }
            } else if let end = quotes[character], plain.contains(where: \.isLetter) {
                closer = end
            } else {
                plain.append(character)
            }
        }
        return plain
    }

    private static let quotes: [Character: Character] = ["\"": "\"", "“": "”", "«": "»", "`": "`", "‘": "’"]

    /// Whether the sentence itself, or what stands behind its first colon, begins with the word.
    private static func begins(_ sentence: String, with word: String) -> Bool {
        sentence.prefix(120).split(whereSeparator: { ":>])".contains($0) }).contains {
            Words.folded(String($0), limit: 1).first == word
        }
    }

    /// Whether a model is named before the first colon or comma and told, at the beginning of a clause behind it, to do
    /// something.
    private static func addressesModel(_ sentence: String) -> Bool {
        let clauses = sentence.split(whereSeparator: { ":,;：>".contains($0) }).map {
            Words.folded(String($0), limit: 40)
        }
        guard let place = clauses.firstIndex(where: { !$0.isEmpty }) else { return false }
        let address = clauses[place]
        guard address.count <= 9, let first = address.first, !prepositions.contains(first),
            address.contains(where: { models.contains($0) })
        else { return false }
        return clauses[(place + 1)...].contains { clause in
            clause.drop { clauseOpeners.contains($0) }.prefix(2).contains { deeds.contains($0) }
        }
    }

    private static let maximumSentences = 200
    private static let maximumLines = 40
    private static let longestSentence = 1_000
    private static let reach = 4

    private static let settingAside: Set<String> = [
        "ignore", "disregard", "forget", "override", "bypass", "discard", "drop", "ignorem", "desconsidere",
        "desconsiderem",
        "esqueca", "esquecam", "descarte", "abandone", "anule",
    ]
    private static let instructions: Set<String> = [
        "instruction", "instructions", "rules", "prompt", "prompts", "guidelines", "directives", "instrucao",
        "instrucoes",
        "regras", "orientacoes", "comandos", "diretrizes",
    ]
    private static let clauseOpeners: Set<String> = [
        "please", "now", "must", "should", "shall", "and", "then", "instead", "you", "favor", "agora", "deve", "devem",
        "e",
        "entao", "voce", "important", "importante", "system", "sistema",
    ]
    private static let conjunctions: Set<String> = ["and", "or", "but", "e", "ou", "mas"]
    private static let prepositions: Set<String> = [
        "in", "on", "with", "for", "by", "of", "from", "under", "if", "when", "em", "no", "na", "nos", "nas", "neste",
        "nesta",
        "nesse", "nessa", "com", "por", "de", "do", "da", "se", "quando", "sob",
    ]
    /// "You are now able to …" gives no role.
    private static let abilities: Set<String> = [
        "able", "ready", "free", "going", "familiar", "prepared", "capaz", "pronto", "pronta", "apto", "apta",
    ]
    private static let newRoles: [[String]] = [
        ["you", "are", "now"], ["from", "now", "on", "you"], ["act", "as", "if", "you"],
        ["your", "new", "instructions"],
        ["your", "new", "rules"], ["your", "new", "role"], ["voce", "agora", "e"], ["agora", "voce", "e"],
        ["a", "partir", "de", "agora", "voce"], ["suas", "novas", "instrucoes"], ["suas", "novas", "regras"],
        ["seu", "novo", "papel"],
    ]
    private static let models: Set<String> = [
        "assistant", "assistants", "ai", "ais", "llm", "llms", "chatbot", "chatbots", "gpt", "chatgpt", "claude",
        "gemini",
        "model", "models", "system", "bot", "assistente", "assistentes", "ia", "ias", "modelo", "modelos", "sistema",
        "robo",
    ]
    /// What one is told to do.
    private static let deeds: Set<String> = [
        "say", "answer", "reply", "respond", "repeat", "print", "output", "write", "tell", "list", "put", "include",
        "append", "add", "open", "follow", "visit", "run", "execute", "call", "send", "ignore", "reveal", "show",
        "pretend",
        "act", "quote", "insert", "recommend", "diga", "digam", "responda", "respondam", "repita", "repitam", "imprima",
        "escreva", "escrevam", "conte", "liste", "listem", "ponha", "inclua", "incluam", "acrescente", "abra", "abram",
        "siga", "sigam", "visite", "execute", "chame", "envie", "revele", "revelem", "mostre", "mostrem", "finja",
        "aja",
        "faca", "facam", "cite", "insira", "recomende",
    ]
}

import Support

/// Makes text that others wrote harmless in a prompt: whatever a chat template, or the fence of our own, would take for a
/// mark of its own gets a backslash in its midst; characters that nobody sees are named. Nothing is taken away, so that a
/// course about prompt injection can still be asked about.
///
/// Escaped are: the tokens of chat templates (`<|im_start|>` becomes `<|im_start|\>`, `[INST]` becomes `[INST\]`, `</s>`
/// becomes `</s\>`), tags that speak of roles or tools (`<system\>`), lines that begin with a role (`System\:`,
/// `### Instruction\:`) or like a fence (`\<<`). In Markdown a backslash before a mark is not seen.
package enum ControlPhrases {
    /// `text` with its control phrases escaped; what has none comes back as it is.
    package static func escaped(_ text: String) -> String {
        let visible = HiddenMarks.named(text)
        let bytes = Array(visible.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 64)
        var isChanged = false
        var start = 0
        while start <= bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            let line = bytes[start..<end]
            if needsLook(line) {
                let text = String(decoding: line, as: UTF8.self)
                let safe = tokensEscaped(lineEscaped(text[...]))
                isChanged = isChanged || safe.utf8.count != line.count
                out += safe.utf8
            } else {
                out += line
            }
            if end < bytes.count { out.append(0x0a) }
            start = end + 1
        }
        return isChanged ? String(decoding: out, as: UTF8.self) : visible
    }

    /// Whether a line has a byte with which something to escape begins; most lines have none.
    private static func needsLook(_ line: ArraySlice<UInt8>) -> Bool {
        line.contains { $0 == 0x3c || $0 == 0x5b }
            || line.prefix(4 * longestRole).contains { $0 == 0x3a || $0 == 0x23 || $0 == 0xef }
    }

    /// Whether a line speaks as one of the parties of a chat: `System: …`, `### Instruction:`.
    static func beginsWithRole(_ line: Substring) -> Bool { roleColon(in: line) != nil }

    // MARK: Lines

    private static func lineEscaped(_ line: Substring) -> String {
        let start = line.firstIndex { $0 != " " && $0 != "\t" } ?? line.endIndex
        let rest = line[start...]
        if rest.hasPrefix("<<") { return line[..<start] + "\\" + rest }
        var escaped = String(line)
        if let colon = roleColon(in: line) {
            escaped = line[..<colon] + "\\" + line[colon...]
        } else if !rest.hasPrefix("#") || !isRole(Words.folded(String(rest.prefix(longestRole)), limit: 4)) {
            return escaped
        }
        guard rest.hasPrefix("#") else { return escaped }
        return line[..<start] + "\\" + escaped.dropFirst(line.distance(from: line.startIndex, to: start))
    }

    /// The colon behind a role with which `line` begins.
    private static func roleColon(in line: Substring) -> Substring.Index? {
        guard let colon = line.prefix(longestRole).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let name = line[..<colon]
        return name.last != "\\" && isRole(Words.folded(String(name), limit: 4)) ? colon : nil
    }

    /// Up to three words of which the first or the last is a role: `AI assistant`, `New instructions`, `Pergunta 3`.
    private static func isRole(_ words: [String]) -> Bool {
        guard words.count <= 3, let first = words.first, let last = words.last else { return false }
        return roles.contains(first) || roles.contains(last)
    }

    private static let longestRole = 60
    private static let roles: Set<String> = [
        "system", "assistant", "assistants", "user", "human", "developer", "tool", "function", "ai", "ais", "chatbot",
        "instruction", "instructions", "response", "question", "passages", "sistema", "assistente", "assistentes",
        "usuario", "humano", "desenvolvedor", "ferramenta", "ia", "ias", "instrucao", "instrucoes", "resposta",
        "pergunta",
        "trechos",
    ]

    // MARK: Tokens

    private static func tokensEscaped(_ line: String) -> String {
        let bytes = Array(line.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x3c || bytes[index] == 0x5b, let place = escapePlace(bytes, from: index) {
                out += bytes[index..<place]
                out.append(UInt8(ascii: "\\"))
                index = place
            }
            out.append(bytes[index])
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Where the backslash goes that breaks the token beginning at `start`; nil when none does.
    private static func escapePlace(_ bytes: [UInt8], from start: Int) -> Int? {
        let end = min(bytes.count, start + longestToken)
        if bytes[start] == 0x5b {
            guard let close = bytes[start..<end].firstIndex(of: 0x5d) else { return nil }
            let name = bytes[(start + 1)..<close].drop { $0 == 0x2f }
            return brackets.contains(String(decoding: name, as: UTF8.self).uppercased()) ? close : nil
        }
        // `<|…|>`, also with the full-width bars that some models use.
        for bar in bars where bytes[(start + 1)...].starts(with: bar) {
            guard let close = bytes[(start + 1)..<end].firstIndex(of: 0x3e), close > start + 1 + bar.count,
                bytes[..<close].suffix(bar.count).elementsEqual(bar)
            else { return nil }
            return close
        }
        var name = bytes[(start + 1)..<end]
        if name.first == 0x2f { name = name.dropFirst() }
        name = name.prefix {
            $0 == 0x5f || $0 == 0x2d || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20)
        }
        guard name.endIndex < bytes.count, bytes[name.endIndex] == 0x3e || bytes[name.endIndex] == 0x20 else {
            return nil
        }
        return tags.contains(String(decoding: name, as: UTF8.self).lowercased()) ? name.endIndex : nil
    }

    private static let longestToken = 80
    private static let bars = [Array("|".utf8), Array("｜".utf8)]
    private static let brackets: Set<String> = [
        "INST", "SYS", "SYSTEM", "SYSTEM_PROMPT", "TOOL_CALLS", "TOOL_RESULTS", "AVAILABLE_TOOLS", "TOOL_CONTENT",
    ]
    private static let tags: Set<String> = [
        "s", "sys", "bos", "eos", "start_of_turn", "end_of_turn", "system", "system_prompt", "assistant", "user",
        "human",
        "developer", "tool", "tools", "tool_call", "tool_calls", "tool_response", "tool_result", "function",
        "function_call", "function_calls", "function_results", "invoke", "instruction", "instructions", "prompt",
        "think", "thinking", "passage", "passages", "context", "document", "documents", "sistema", "assistente",
    ]
}

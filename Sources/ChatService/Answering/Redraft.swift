import LLM

/// What becomes of the sentences of an answer that nothing it cites supports.
package enum UnsupportedSentences: String, Sendable, CaseIterable {
    /// They stay, and the reader is shown which they are.
    case mark
    /// The model is asked once more; what is still unsupported then is left out.
    case regenerate
}

/// The second try of an answer with unsupported sentences: what the model is told, and what is left out of the text.
enum Redraft {
    /// The time that must be left for a second generation to be worth its cost.
    static let leastTime = Duration.seconds(5)

    /// The same question with the answer and its unsupported sentences.
    /// - Parameter claims: those of `content`.
    static func request(
        _ request: GenerationRequest, content: String, claims: [AnswerClaim]
    ) -> GenerationRequest {
        let sentences = claims.filter { $0.verdict == .unsupported }.prefix(sentenceLimit).map { claim in
            "- " + content.utf8Substring(claim.start..<claim.end).prefix(sentenceLength)
        }
        let text = request.language == "pt" ? portuguese : english
        var again = request
        again.messages.append(GenerationRequest.Message(.assistant, content))
        again.messages.append(GenerationRequest.Message(.user, text(sentences.joined(separator: "\n"))))
        return again
    }

    /// The answer without its unsupported sentences; empty when nothing but list marks is left.
    static func withoutUnsupported(_ content: String, _ claims: [AnswerClaim]) -> String {
        let bytes = Array(content.utf8)
        var kept: [UInt8] = []
        var start = 0
        for claim in claims where claim.verdict == .unsupported && claim.start >= start && claim.end <= bytes.count {
            kept += bytes[start..<claim.start]
            start = claim.end
            // The blank that parted it from the next sentence.
            while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        }
        kept += bytes[start...]
        var lines: [Substring] = []
        for line in String(decoding: kept, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            let isBlank = line.allSatisfy(\.isWhitespace)
            if isListMark(line) || isBlank && lines.last?.isEmpty != false { continue }
            lines.append(isBlank ? "" : line)
        }
        while let last = lines.last, last.isEmpty { lines.removeLast() }
        while let last = lines.last?.last, last == " " { lines[lines.count - 1].removeLast() }
        return lines.joined(separator: "\n")
    }

    /// What is left of a list's item: `-`, `2.`
    private static func isListMark(_ line: Substring) -> Bool {
        let mark = line.filter { !$0.isWhitespace }
        guard !mark.isEmpty, mark.count <= 4 else { return false }
        return ["-", "*", "+", "•"].contains(mark)
            || mark.dropLast().allSatisfy(\.isNumber) && (mark.hasSuffix(".") || mark.hasSuffix(")"))
    }

    private static let sentenceLimit = 12
    private static let sentenceLength = 500

    private static let english: @Sendable (String) -> String = { sentences in
        """
        The passages do not support these sentences of your answer, at least not the ones you cite for them:

        \(sentences)

        Write the whole answer again in the same form. Keep what the passages support, correct or leave out the rest, \
        and do not mention this request.
        """
    }

    private static let portuguese: @Sendable (String) -> String = { sentences in
        """
        Os trechos não sustentam estas frases da sua resposta, ao menos não os que você cita para elas:

        \(sentences)

        Escreva de novo a resposta inteira, na mesma forma. Mantenha o que os trechos sustentam, corrija ou deixe fora \
        o resto e não mencione este pedido.
        """
    }
}

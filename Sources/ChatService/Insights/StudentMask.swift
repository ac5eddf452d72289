import Support

/// Takes out of a question what may tell who asked it, before staff see it among others: addresses, long numbers, and the
/// name that follows "my name is" or a closing "thanks,".
///
/// It is a second fence, not the first: a question is shown only in a topic that several students asked about
/// (`TopicView`). A name that is written in some other way stays.
package enum StudentMask {
    /// What stands in the place of what was taken out.
    package static let mark = "•••"
    /// Digits from which on a number may be a registration or a telephone.
    private static let fewestDigits = 6
    /// Words of a name.
    private static let longestName = 5

    /// What a name follows, folded. After those that are true a name is masked in lower case too.
    private static let introductions: [(words: [String], isCertain: Bool)] = [
        (["meu", "nome", "e"], true), (["me", "chamo"], true), (["my", "name", "is"], true),
        (["my", "name", "s"], true),
        (["eu", "sou", "o"], false), (["eu", "sou", "a"], false), (["sou", "o"], false), (["sou", "a"], false),
        (["eu", "sou"], false), (["aqui", "e", "o"], false), (["aqui", "e", "a"], false), (["i", "am"], false),
        (["i", "m"], false), (["assinado"], false), (["signed"], false),
    ]
    /// Before a signature, folded.
    private static let closings: Set<String> = [
        "abraco", "abracos", "ass", "att", "atenciosamente", "cheers", "grata", "grato", "obrigada", "obrigado",
        "regards",
        "thanks", "thank", "valeu",
    ]
    private static let particles: Set<String> = ["da", "das", "de", "do", "dos", "e", "van", "von", "bin", "al"]
    private static let ends: Set<Character> = [".", ",", ";", ":", "!", "?", "\n", "(", ")"]

    package static func masked(_ text: String) -> String {
        let words = words(of: text)
        let hidden = (addresses(text) + numbers(text) + introduced(text, words) + signed(text, words))
            .sorted { $0.lowerBound < $1.lowerBound }
        guard !hidden.isEmpty else { return text }
        var masked = ""
        var place = text.startIndex
        for range in hidden where range.upperBound > place {
            if range.lowerBound >= place { masked += text[place..<range.lowerBound] + mark }
            place = range.upperBound
        }
        return masked + text[place...]
    }

    private typealias Span = Range<String.Index>

    private struct Word {
        let range: Span
        let folded: String
        let isCapital: Bool
    }

    private static func words(of text: String) -> [Word] {
        text.split { !$0.isLetter }.map { part in
            Word(
                range: part.startIndex..<part.endIndex, folded: Words.folded(String(part)).joined(),
                isCapital: part.first?.isUppercase ?? false)
        }
    }

    /// E-mail addresses, links and names with an at sign.
    private static func addresses(_ text: String) -> [Span] {
        text.split(whereSeparator: \.isWhitespace).compactMap { part in
            guard part.contains("@") || part.contains("://") || part.lowercased().hasPrefix("www.") else { return nil }
            let end = part.lastIndex { $0.isLetter || $0.isNumber }
            return end.map { part.startIndex..<text.index(after: $0) }
        }
    }

    /// Runs of digits, joined by what stands within telephone and registration numbers; groups of three digits and more by
    /// a space too, so that `5 3 8 1 9 2` stays.
    private static func numbers(_ text: String) -> [Span] {
        var found: [Span] = []
        var run: (range: Span, digits: Int, last: Int)?
        func close() {
            if let run, run.digits >= fewestDigits { found.append(run.range) }
        }
        for group in text.split(whereSeparator: { !($0.isASCII && $0.isNumber) }) {
            let gap = run.map { text[$0.range.upperBound..<group.startIndex] }
            let isJoined =
                gap.map { gap in
                    if gap == " " { return (run?.last ?? 0) >= 3 && group.count >= 3 }
                    return gap.count <= 2 && gap.allSatisfy { ".-/()".contains($0) }
                } ?? false
            if isJoined, let former = run {
                run = (
                    former.range.lowerBound..<group.endIndex, former.digits + group.count, group.count
                )
            } else {
                close()
                run = (group.startIndex..<group.endIndex, group.count, group.count)
            }
        }
        close()
        return found
    }

    private static func introduced(_ text: String, _ words: [Word]) -> [Span] {
        var found: [Span] = []
        for start in words.indices {
            for introduction in introductions where matches(introduction.words, at: start, words) {
                let first = start + introduction.words.count
                let name = name(from: first, words, text, inLowerCase: introduction.isCertain)
                if let name { found.append(name) }
            }
        }
        return found
    }

    private static func matches(_ introduction: [String], at start: Int, _ words: [Word]) -> Bool {
        start + introduction.count <= words.count
            && introduction.indices.allSatisfy { words[start + $0].folded == introduction[$0] }
    }

    /// Capitals after a closing, up to the end of the text.
    private static func signed(_ text: String, _ words: [Word]) -> [Span] {
        guard let closing = words.lastIndex(where: { closings.contains($0.folded) }), closing + 1 < words.count,
            words.count - closing - 1 <= longestName,
            words[(closing + 1)...].allSatisfy({ $0.isCapital || particles.contains($0.folded) })
        else { return [] }
        return [words[closing + 1].range.lowerBound..<words[words.count - 1].range.upperBound]
    }

    /// The words that can be a name, from one on, to the end of the sentence at most.
    private static func name(from first: Int, _ words: [Word], _ text: String, inLowerCase: Bool) -> Span? {
        guard first < words.count else { return nil }
        var last: Int?
        for index in first..<min(first + longestName, words.count) {
            if index > first {
                let gap = text[words[index - 1].range.upperBound..<words[index].range.lowerBound]
                if gap.contains(where: ends.contains) { break }
            }
            let word = words[index]
            if particles.contains(word.folded), index > first, index + 1 < words.count, words[index + 1].isCapital {
                continue
            }
            guard word.isCapital || inLowerCase && !StopWords.all.contains(word.folded) else { break }
            last = index
        }
        return last.map { words[first].range.lowerBound..<words[$0].range.upperBound }
    }
}

import LLM
import Support

/// What a language model is told: rules, numbered passages as data, the last turns, the question.
///
/// Passages, question and earlier messages are written by others: nothing in them can end the part they stand in
/// (docs/decisions/0023-prompt-injection.md).
package enum Prompt {
    /// Bounds of what goes in, so that no question or course makes a prompt without end.
    package struct Limits: Sendable {
        /// Characters of one passage, and of all: each has an equal share, so that every number leads somewhere.
        package var passage = 4_000
        package var passages = 24_000
        /// Earlier messages, and characters of each.
        package var turns = 6
        package var turn = 1_500
        /// Characters of the question.
        package var question = 8_000

        package init() {}
    }

    /// A word that no passage can contain.
    package static func makeFence() -> String { String(RandomIdentifier.make().prefix(12)) }

    /// - Parameters:
    ///   - sources: numbered from 1 in the order given.
    ///   - fence: a word no passage can contain; made anew for each prompt.
    package static func messages(
        question: Question, sources: [Source], language: String, limits: Limits = Limits(),
        fence: String = Prompt.makeFence()
    ) -> [GenerationRequest.Message] {
        let texts = PromptTexts.in(language)
        let share = min(limits.passage, limits.passages / max(sources.count, 1))
        var material = ""
        for source in sources {
            var place = "title=\(oneLine(source.title))"
            if let section = source.section { place += " | section=\(oneLine(section))" }
            if let page = source.page { place += " | page=\(page)" }
            material +=
                "<<\(fence) [\(source.marker)] \(place)>>\n\(escaped(source.passage, share))\n<<\(fence) end>>\n\n"
        }
        let rules = [texts.role, texts.rules(fence), texts.mode(question.mode)].joined(separator: "\n\n")
        var messages = [GenerationRequest.Message(.system, rules)]
        for turn in question.history.suffix(limits.turns) {
            let content = escaped(turn.content, limits.turn)
            switch turn.role {
            case .user: messages.append(GenerationRequest.Message(.user, content))
            case .assistant: messages.append(GenerationRequest.Message(.assistant, withoutMarkers(content)))
            }
        }
        messages.append(
            GenerationRequest.Message(.user, texts.request(material, escaped(question.text, limits.question))))
        return messages
    }

    /// At most `limit` characters, harmless.
    private static func escaped(_ text: String, _ limit: Int) -> String {
        ControlPhrases.escaped(String(text.prefix(limit)))
    }

    /// The numbers of earlier answers meant other passages.
    private static func withoutMarkers(_ answer: String) -> String {
        var filter = MarkerFilter(passages: 0)
        return filter.feed(answer) + filter.finish()
    }

    private static func oneLine(_ text: String) -> String {
        ControlPhrases.escaped(String(text.prefix(200).map { $0.isNewline || $0 == "<" || $0 == ">" ? " " : $0 }))
    }
}

/// What an answer passes on its way from the model to the student, piece by piece: links (`LinkFilter`), the rules it was
/// given (`LeakFilter`), markers (`MarkerFilter`, last, for it counts the bytes that are shown).
package struct AnswerFilter: Sendable {
    private var links: LinkFilter
    private var leaks: LeakFilter
    private var marking: MarkerFilter
    private let notice: String
    private var hasNoticed = false

    /// The markers let through so far, in order.
    package var markers: [MarkerFilter.Marker] { marking.markers }
    /// Whether the rest of the answer is kept back because it repeated what it was told.
    package var isWithheld: Bool { leaks.isTripped }

    /// - Parameters:
    ///   - question: addresses that the student wrote in it, or earlier in the conversation, may be repeated.
    ///   - rules, fence: of the prompt.
    package init(question: Question, sources: [Source], rules: String, fence: String, language: String) {
        let texts = PromptTexts.in(language)
        let own = question.history.filter { $0.role == .user }.map(\.content) + [question.text]
        links = LinkFilter(known: sources.map(\.passage) + own, note: texts.removedLink)
        leaks = LeakFilter(rules: rules, allowed: PromptTexts.refusals, fence: fence)
        marking = MarkerFilter(passages: sources.count)
        notice = texts.withheld
    }

    /// Takes the next piece of the answer and returns what may be shown by now.
    package mutating func feed(_ piece: String) -> String {
        guard !isWithheld else { return "" }
        let safe = leaks.feed(links.feed(piece))
        return marking.feed(safe) + noticed()
    }

    /// The answer is over: returns what was held back.
    package mutating func finish() -> String {
        guard !hasNoticed else { return "" }
        let safe = leaks.feed(links.finish()) + leaks.finish()
        return marking.feed(safe) + (isWithheld ? noticed() : marking.finish())
    }

    /// Says once, instead of the rest, that something was kept back.
    private mutating func noticed() -> String {
        guard isWithheld, !hasNoticed else { return "" }
        hasNoticed = true
        return marking.finish() + "\n\n" + marking.feed(notice) + marking.finish()
    }
}

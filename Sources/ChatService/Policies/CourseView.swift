import Support

/// What somebody may see of a course at one moment.
package struct CourseView: Sendable {
    /// Why a document, or what quotes it, is kept from students.
    package enum Hiding: String, Sendable, Encodable {
        case unreleased
        case notQuotable = "not_quotable"
    }

    package let isStaff: Bool
    /// Documents of which nothing may reach whoever looks: none for staff.
    package let hidden: Set<String>
    /// The lock that keeps them out.
    private let lock: CoursePolicy.Lock?
    private let policy: CoursePolicy
    private let moment: Timestamp
    private let language: String

    /// - Parameter language: `pt` or `en`, where the course has none of its own.
    package init(_ policy: CoursePolicy, at moment: Timestamp, isStaff: Bool, language: String = "en") {
        self.language = policy.language == .auto ? language : policy.language.rawValue
        self.isStaff = isStaff
        self.policy = policy
        self.moment = moment
        hidden = isStaff ? [] : policy.hidden(at: moment)
        lock = isStaff ? nil : policy.lock(at: moment)
    }

    /// How a document is marked for staff; nil for one that students see.
    package func hiding(of document: String) -> Hiding? {
        guard let rule = policy.documents[document] else { return nil }
        if !rule.isReleased(at: moment) { return .unreleased }
        return rule.quotable ? nil : .notQuotable
    }

    /// Whether the course is not locked for whoever looks.
    package var isOpen: Bool { lock == nil }

    /// - Throws: `PolicyDenied` while the course is locked for whoever looks.
    package func checkOpen() throws {
        guard let lock else { return }
        throw PolicyDenied(.locked(until: lock.until, message: lock.message), in: language)
    }

    /// The answer as it may be seen now: one that draws on a document that is hidden by now is withheld as a whole, for
    /// nobody can tell which of its words are the document's.
    package func shown(_ answer: Answer) -> Answer {
        guard answer.documents.contains(where: hidden.contains) else { return answer.withoutSolutions }
        var withheld = Answer(
            content: language == "pt"
                ? "Esta resposta usa material que não está disponível agora."
                : "This answer draws on material that is not available just now.",
            citations: [], grounded: false, metadata: answer.metadata)
        withheld.withheld = true
        return withheld
    }

    /// Whether an event of one of the course's questions may be told again, as far as it says itself what it draws on.
    func mayTell(_ event: LoggedEvent) -> Bool {
        guard isOpen else { return false }
        guard !hidden.isEmpty, event.kind == .status || event.kind == .messageCompleted else { return true }
        switch try? JSONText.decode(EventFrame.self, from: event.frame).event {
        case .status(let status)?: return !(status.sources ?? []).contains { hidden.contains($0.documentId) }
        case .messageCompleted(let completed)?: return !completed.answer.documents.contains(where: hidden.contains)
        default: return false
        }
    }

    /// The conversation as a model may see it: answers that draw on what is hidden are left out, with what they quote.
    package func shown(_ turns: [Turn]) -> [Turn] {
        guard !hidden.isEmpty else { return turns }
        return turns.filter { turn in !(turn.documents ?? []).contains(where: hidden.contains) }
    }
}

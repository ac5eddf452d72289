import ChatService
import Support

/// An answerer that does what a test wrote down, attempt after attempt, and keeps what it was asked.
package final class ScriptedAnswering: Answering {
    package enum Step: Sendable {
        case report(AnsweringStep)
        /// Waits until the latch is open; a cancellation ends the wait with an error.
        case wait(Latch)
        /// Opens the latch, so that the test knows that the script came here.
        case reach(Latch)
        case fail(any Error)
    }

    private let scripts: Locked<[[Step]]>
    private let asked = Locked<[Question]>([])

    /// - Parameter scripts: one for each attempt; the last is repeated. Each ends in `answer(to:)` unless it fails.
    package init(_ scripts: [[Step]] = [[]]) {
        precondition(!scripts.isEmpty, "an answerer needs at least one script")
        self.scripts = Locked(scripts)
    }

    /// The questions so far, oldest first.
    package var questions: [Question] { asked.withLock { $0 } }

    package func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        asked.withLock { $0.append(question) }
        let script = scripts.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        for step in script {
            try Task.checkCancellation()
            switch step {
            case .report(let step): await report(step)
            case .reach(let latch): latch.open()
            case .wait(let latch):
                await latch.wait()
                try Task.checkCancellation()
            case .fail(let error): throw error
            }
        }
        return Self.answer(to: question.text)
    }

    /// What every good script answers.
    package static func answer(to question: String) -> Answer {
        Answer(
            content: "Answer to: \(question)", citations: [], grounded: false,
            metadata: AnswerMetadata(model: "script", provider: "scripted"))
    }
}

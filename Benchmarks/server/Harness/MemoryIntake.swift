import ChatService
import Support

/// Keeps the last questions in memory, and those with an idempotency key so that repeats are known; none on disk.
final class MemoryIntake: Intake {
    private static let most = 10_000

    private struct State {
        var questions: [(Submission, Accepted)] = []
        var next = 0
        var keyed: [String: Accepted] = [:]
    }

    private let state = Locked(State())
    private let time = SystemTime()

    func accept(_ submission: Submission) async throws -> Accepted {
        let accepted = Accepted(
            jobID: RandomIdentifier.make(), conversationID: submission.conversationID ?? RandomIdentifier.make(),
            sessionID: submission.sessionID ?? RandomIdentifier.make(), traceID: submission.traceID,
            acceptedAt: time.now)
        state.withLock { state in
            if state.questions.count < Self.most {
                state.questions.append((submission, accepted))
            } else {
                state.questions[state.next] = (submission, accepted)
                state.next = (state.next + 1) % Self.most
            }
            if let key = submission.idempotency?.key, state.keyed.count < Self.most { state.keyed[key] = accepted }
        }
        return accepted
    }

    func accepted(_ idempotency: Submission.Idempotency, user: UserID) async throws -> Accepted? {
        state.withLock { $0.keyed[idempotency.key] }
    }
}

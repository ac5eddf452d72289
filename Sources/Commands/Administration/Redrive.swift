import ChatService
import Support

/// Asks dead letters again, one after another; what cannot be redriven does not stop the others.
struct Redrive: Sendable {
    struct Failure: Sendable {
        let id: String
        let error: any Error
    }

    struct Outcome: Sendable {
        var accepted: [(id: String, job: Accepted)] = []
        var failures: [Failure] = []
    }

    let letters: any DeadLetters
    let hasCourse: @Sendable (CourseID) async throws -> Bool

    /// - Parameter ids: nil for all that were not redriven yet, the oldest first.
    func run(_ ids: [String]?) async throws -> Outcome {
        var outcome = Outcome()
        for id in try await order(ids) {
            do {
                guard let letter = try await letters.deadLetter(id) else { throw DeadLetterError.unknown }
                guard try await hasCourse(letter.job.course) else {
                    throw DeadLetterError.courseGone(letter.job.course)
                }
                outcome.accepted.append((id, try await letters.redrive(id)))
            } catch {
                outcome.failures.append(Failure(id: id, error: error))
                // The next one would meet the same.
                if !(error is DeadLetterError) { break }
            }
        }
        return outcome
    }

    /// All of them: those asked first are answered first, and a letter that was redriven has its successor in the list if
    /// that one died too.
    private func order(_ ids: [String]?) async throws -> [String] {
        if let ids { return ids }
        var (found, next): ([DeadLetter], PageCursor?) = ([], nil)
        repeat {
            let page = try await letters.deadLetters(after: next, limit: 500)
            found += page.items.filter { $0.redrivenAs == nil }
            next = page.next
        } while next != nil
        return found.sorted { ($0.job.acceptedAt, $0.id) < ($1.job.acceptedAt, $1.id) }.map(\.id)
    }
}

import ChatService
import Ingest
import Support

/// An ingester that does what a test wrote down, attempt after attempt, and keeps what it was asked.
package final class ScriptedIngesting: DocumentIngesting {
    package enum Step: Sendable {
        case report(DocumentProgress)
        /// Waits until the latch is open; a cancellation ends the wait with an error.
        case wait(Latch)
        /// Waits until the latch is open, whatever is cancelled: a write that goes on to its end.
        case finish(Latch)
        /// Opens the latch, so that the test knows that the script came here.
        case reach(Latch)
        case fail(any Error)
    }

    private let scripts: Locked<[[Step]]>
    private let taken = Locked<[UploadedDocument]>([])
    private let summary: IngestedSummary

    /// - Parameters:
    ///   - scripts: one for each attempt; the last is repeated. Each ends well unless it fails.
    package init(_ scripts: [[Step]] = [[]], summary: IngestedSummary = IngestedSummary(pages: 3, chunks: 7)) {
        precondition(!scripts.isEmpty, "an ingester needs at least one script")
        self.scripts = Locked(scripts)
        self.summary = summary
    }

    /// The documents so far, oldest first.
    package var documents: [UploadedDocument] { taken.withLock { $0 } }

    package func ingest(
        _ document: UploadedDocument, into course: CourseID,
        progress: @escaping @Sendable (DocumentProgress) -> Void
    ) async throws -> IngestedSummary {
        taken.withLock { $0.append(document) }
        let script = scripts.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        for step in script {
            switch step {
            case .report(let step): progress(step)
            case .reach(let latch): latch.open()
            case .wait(let latch):
                await latch.wait()
                try Task.checkCancellation()
            case .finish(let latch): await Task { await latch.wait() }.value
            case .fail(let error): throw error
            }
        }
        return summary
    }
}

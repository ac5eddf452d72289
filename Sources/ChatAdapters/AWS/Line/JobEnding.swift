import AWS
import ChatService
import Support

/// What ends a job without success, within one transaction: its dead letter or its document's reason, its usage, its
/// count, its terminal event.
extension CloudLine {
    func fail(_ job: inout JobItem, by token: String? = nil, _ failure: JobFailure) async throws {
        let isCancelled = failure.code == .cancelled
        var cost = 0.0
        if job.kind == .document {
            try await setDocument(of: job) { item in
                item[text: "state"] = DocumentStage.failed.rawValue
                item[text: "label"] = failure.cause
                item[text: "reason"] = failure.message
            }
        } else if isCancelled {
            cost = try await UsageItems.cancel(job, transaction)
        } else {
            cost = try await UsageItems.giveBack(job, wasPaid: failure.wasPaid, transaction)
            // What the rules of a course do not allow is no fault that staff could mend.
            if failure.code != .policyDenied { bury(&job, failure) }
        }
        if job.kind == .question {
            job.fate = isCancelled ? nil : failure.code == .policyDenied ? .aside : .failed
            InsightItems.count(failure.code, job, cost: cost, transaction)
        }
        try await end(&job, as: isCancelled ? .cancelled : .failed, by: token, Self.event(of: failure, job))
    }

    static func event(of failure: JobFailure, _ job: JobItem) -> ChatEvent {
        guard job.kind == .document else {
            return .error(ChatEvent.Failed(jobId: job.id, attempts: job.tries, failure: failure))
        }
        return .documentStatus(
            DocumentStatus(
                jobId: job.id, documentId: job.documentID, state: .failed, label: failure.cause, reason: failure.message
            ))
    }

    /// Writes a question's dead letter.
    func bury(_ job: inout JobItem, _ failure: JobFailure) {
        job.diedAt = transaction.now
        let item: Item = [
            "job": .s(job.id), "code": .s(failure.code.rawValue), "cause": .s(failure.cause), "course": .s(job.course),
            "failures": .s((job.failures + [failure.cause]).joined(separator: " ")), "tries": .n(String(job.tries)),
        ]
        transaction.put(
            item.kept(until: job.acceptedAt + Self.jobAge), at: ChatKey.letter(transaction.now, job.id))
    }

    /// Changes the item of the job's document while it still is the job's.
    func setDocument(of job: JobItem, _ change: (inout Item) -> Void) async throws {
        let key = ChatKey.document(job.course, job.documentID)
        guard var item = try await transaction.item(key), item.text("job") == job.id else { return }
        change(&item)
        item[moment: "updatedAt"] = transaction.now
        transaction.put(item, at: key)
    }

    func setStage(_ stage: DocumentStage, of job: JobItem) async throws {
        guard job.kind == .document else { return }
        try await setDocument(of: job) { item in
            if item.text("state") != DocumentStage.failed.rawValue { item[text: "state"] = stage.rawValue }
        }
    }
}

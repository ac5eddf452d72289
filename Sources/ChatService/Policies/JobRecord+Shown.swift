extension JobRecord {
    /// The job as it may be seen now: an answer that draws on what is hidden by now is withheld.
    /// - Throws: `PolicyDenied` for an answer of a course that is locked.
    func shown(_ view: CourseView) throws -> JobRecord {
        guard case .messageCompleted(var completed)? = terminal else { return self }
        try view.checkOpen()
        completed.answer = view.shown(completed.answer)
        return JobRecord(
            job: job, status: status, attempt: attempt, updatedAt: updatedAt, terminal: .messageCompleted(completed),
            publishedSeq: publishedSeq)
    }
}

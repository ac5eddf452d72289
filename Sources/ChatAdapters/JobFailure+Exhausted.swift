import ChatService

extension JobFailure {
    /// Of a job whose last try's worker died with its lease.
    static func exhausted(_ kind: JobKind) -> JobFailure {
        guard kind == .document else {
            var failure = JobFailure(.internalError, cause: "lease_expired")
            failure.wasPaid = true
            return failure
        }
        return JobFailure(
            .documentFailed, for: kind,
            message:
                "The server broke off each time it read this document, so it was given up. Print it to a new PDF, or "
                + "split it; if that does not help, report it.", cause: "lease_expired")
    }
}

import Support

/// Where an upload becomes a promise, and what is known of documents that are not in their course, or not any more as
/// they were uploaded: those that wait, are read, or failed. What is in a course only the course knows.
package protocol DocumentIntake: Sendable {
    /// Stores the document's row, its job, the session where it is new, and the session's `queued` event in one
    /// transaction, on disk before this returns. A former upload of the same document that is still open is cancelled.
    ///
    /// A repeat of an idempotency key returns what the first call returned and stores nothing.
    /// - Throws: `IntakeError`; nothing is stored then.
    func accept(_ upload: DocumentSubmission) async throws -> AcceptedDocument

    /// What the first upload with this key was told; nil when there was none, or there is no key.
    /// - Throws: `IntakeError.keyReused` when that was something else.
    func accepted(_ upload: DocumentSubmission) async throws -> AcceptedDocument?

    /// A new job for a document that failed.
    /// - Returns: nil when there is no such document, or it has not failed.
    /// - Throws: `IntakeError`.
    func retry(
        document id: String, in course: CourseID, user: UserID, sessionID: String?, traceID: String
    ) async throws -> AcceptedDocument?

    /// The uploads of a course that are open or failed, by name.
    func pending(in course: CourseID) async throws -> [PendingDocument]
    func pending(document id: String, in course: CourseID) async throws -> PendingDocument?

    /// Notes how far the document of a lease has come.
    /// - Returns: false when the lease is lost; nothing is changed then.
    @discardableResult
    func note(_ stage: DocumentStage, for lease: Lease) async throws -> Bool

    /// Ends the document's job as cancelled if it is open, so that nobody begins with it any more.
    /// - Returns: the job, whose terminal event has yet to be published; nil when there is none open.
    func cancel(document id: String, in course: CourseID) async throws -> String?

    /// Forgets an upload whose job is over; false when there is none.
    @discardableResult
    func forget(document id: String, in course: CourseID) async throws -> Bool

    /// Whether an upload that is open or failed has this content.
    func needs(original hash: String) async throws -> Bool
}

/// What courses are called.
package protocol CourseDirectory: Sendable {
    func setTitle(_ title: String, of course: CourseID) async throws
    /// The titles that were given; other courses are called by their id.
    func titles() async throws -> [CourseID: String]
    /// Forgets the title of a course that is not there any more.
    func forgetTitle(of course: CourseID) async throws
}

/// A file that has arrived whole, not yet accepted.
package struct DocumentSubmission: Sendable {
    package var user: UserID
    package var course: CourseID
    package var document: UploadedDocument
    package var traceID: String
    /// nil: a new one is made.
    package var sessionID: String?
    package var idempotency: Submission.Idempotency?

    package init(
        user: UserID, course: CourseID, document: UploadedDocument, traceID: String, sessionID: String? = nil,
        idempotency: Submission.Idempotency? = nil
    ) {
        self.user = user
        self.course = course
        self.document = document
        self.traceID = traceID
        self.sessionID = sessionID
        self.idempotency = idempotency
    }
}

/// What the 202 to an upload says.
package struct AcceptedDocument: Sendable, Equatable {
    package let jobID: String
    package let document: UploadedDocument
    package let sessionID: String
    package let traceID: String
    package let acceptedAt: Timestamp
    /// The job of a former upload that was cancelled in its favour; its terminal event has yet to be published.
    package var superseded: String?
    /// The content that the former upload had; it may be needed no longer.
    package var formerHash: String?

    package init(
        jobID: String, document: UploadedDocument, sessionID: String, traceID: String, acceptedAt: Timestamp,
        superseded: String? = nil, formerHash: String? = nil
    ) {
        self.jobID = jobID
        self.document = document
        self.sessionID = sessionID
        self.traceID = traceID
        self.acceptedAt = acceptedAt
        self.superseded = superseded
        self.formerHash = formerHash
    }
}

/// An upload that is open or failed.
package struct PendingDocument: Sendable, Equatable {
    package let document: UploadedDocument
    package let stage: DocumentStage
    /// The closed name of the reason, and the sentence for the teacher, when it failed.
    package let label: String?
    package let reason: String?
    package let jobID: String
    package let updatedAt: Timestamp

    package init(
        document: UploadedDocument, stage: DocumentStage, label: String?, reason: String?, jobID: String,
        updatedAt: Timestamp
    ) {
        self.document = document
        self.stage = stage
        self.label = label
        self.reason = reason
        self.jobID = jobID
        self.updatedAt = updatedAt
    }
}

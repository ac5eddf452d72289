import AWS
import ChatService
import Support

extension CloudChatStore: DocumentIntake {
    package func accept(_ upload: DocumentSubmission) async throws -> AcceptedDocument {
        try await accept(upload) { _ in }
    }

    package func retry(
        document id: String, in course: CourseID, user: UserID, sessionID: String?, traceID: String
    ) async throws -> AcceptedDocument? {
        guard let failed = try await pending(document: id, in: course), failed.stage == .failed else { return nil }
        let upload = DocumentSubmission(
            user: user, course: course, document: failed.document, traceID: traceID, sessionID: sessionID)
        // Somebody else may have begun to retry it meanwhile.
        do {
            return try await accept(upload) { item in
                guard item?.text("state") == DocumentStage.failed.rawValue else { throw HasNotFailed() }
            }
        } catch is HasNotFailed {
            return nil
        }
    }

    package func accepted(_ upload: DocumentSubmission) async throws -> AcceptedDocument? {
        guard let idempotency = upload.idempotency else { return nil }
        return try Self.repeated(upload, try await table.item(ChatKey.spent(idempotency.key, upload.user)), time.steady)
    }

    private static func repeated(
        _ upload: DocumentSubmission, _ spent: Item?, _ steady: Timestamp
    ) throws -> AcceptedDocument? {
        guard let idempotency = upload.idempotency,
            let first = try repeated(idempotency, of: spent, at: steady)
        else { return nil }
        return AcceptedDocument(
            jobID: first.jobID, document: upload.document, sessionID: first.sessionID, traceID: first.traceID,
            acceptedAt: first.acceptedAt)
    }

    private struct HasNotFailed: Error {}

    /// - Parameter check: of the document's item as it is; what it throws ends the transaction.
    private func accept(
        _ upload: DocumentSubmission, after check: @escaping @Sendable (Item?) throws -> Void
    ) async throws -> AcceptedDocument {
        let now = time.now
        let accepted = AcceptedDocument(
            jobID: RandomIdentifier.make(at: now), document: upload.document,
            sessionID: try await session(upload.sessionID, of: upload.user), traceID: upload.traceID, acceptedAt: now)
        return try await change { transaction in
            try await self.store(upload, as: accepted, check, transaction)
        } then: { outcome in
            guard outcome.jobID == accepted.jobID else { return }
            let status = DocumentStatus(
                jobId: accepted.jobID, documentId: upload.document.documentID, state: .queued)
            await self.tell(.documentStatus(status), to: accepted.sessionID)
        }
    }

    /// The whole transaction.
    private func store(
        _ upload: DocumentSubmission, as accepted: AcceptedDocument, _ check: (Item?) throws -> Void,
        _ transaction: CloudTransaction
    ) async throws -> AcceptedDocument {
        let (document, course) = (upload.document, upload.course.name)
        let key = ChatKey.document(course, document.documentID)
        let former = try await transaction.item(key)
        var accepted = accepted
        if let former, former.text("hash") != document.contentHash { accepted.formerHash = former.text("hash") }
        // Our own, when an answer of the table was lost.
        if former?.text("job") == accepted.jobID {
            (accepted.superseded, accepted.formerHash) = (former?.text("superseded"), former?.text("formerHash"))
            return accepted
        }
        if let idempotency = upload.idempotency {
            let spent = ChatKey.spent(idempotency.key, upload.user)
            if let first = try Self.repeated(upload, try await transaction.item(spent), transaction.steady) {
                return first
            }
            let told = Accepted(
                jobID: accepted.jobID, conversationID: "", sessionID: accepted.sessionID, traceID: accepted.traceID,
                acceptedAt: accepted.acceptedAt)
            transaction.put(
                Self.spent(
                    told, idempotency, until: transaction.steady + limits.documentDeadline + Self.keyAge), at: spent)
        }
        try check(former)
        let line = line(transaction)
        if let id = former?.text("job"), var open = try await transaction.job(id), open.isOpen {
            try await line.fail(&open, .superseded)
            accepted.superseded = open.id
        }
        if let hash = accepted.formerHash {
            transaction.delete(ChatKey.original(hash, course, document.documentID))
        }
        var item: Item = [
            "id": .s(document.documentID), "name": .s(document.name), "hash": .s(document.contentHash),
            "bytes": .n(String(document.byteCount)), "user": .s(upload.user.name), "job": .s(accepted.jobID),
            "state": .s(DocumentStage.queued.rawValue), "updatedAt": .n(String(accepted.acceptedAt.milliseconds)),
        ]
        item[text: "superseded"] = accepted.superseded
        item[text: "formerHash"] = accepted.formerHash
        transaction.put(item, at: key)
        transaction.put([:], at: ChatKey.original(document.contentHash, course, document.documentID))
        try await line.insert(
            Job(
                id: accepted.jobID, user: upload.user, sessionID: accepted.sessionID, traceID: upload.traceID,
                course: upload.course, task: .document(document), acceptedAt: accepted.acceptedAt,
                deadline: transaction.steady + limits.documentDeadline))
        return accepted
    }

    /// Uploads of a course that are listed: more than may be open.
    private static let mostListed = 20_000

    package func pending(in course: CourseID) async throws -> [PendingDocument] {
        try await table.first(Self.mostListed, ItemQuery(ChatKey.documents(course.name))).map(Self.pending)
            .sorted { ($0.document.name, $0.document.documentID) < ($1.document.name, $1.document.documentID) }
    }

    package func pending(document id: String, in course: CourseID) async throws -> PendingDocument? {
        guard Self.isKey(id) else { return nil }
        return try await table.item(ChatKey.document(course.name, id)).map(Self.pending)
    }

    /// Whether DynamoDB takes it as part of a key: what is not was never stored.
    static func isKey(_ id: String) -> Bool { (1...512).contains(id.utf8.count) }

    private static func pending(_ item: Item) throws -> PendingDocument {
        PendingDocument(
            document: UploadedDocument(
                documentID: try item.needed("id"), name: item.text("name") ?? "",
                contentHash: item.text("hash") ?? "", byteCount: item.int("bytes") ?? 0),
            stage: item.text("state").flatMap(DocumentStage.init) ?? .failed, label: item.text("label"),
            reason: item.text("reason"), jobID: item.text("job") ?? "", updatedAt: try item.neededMoment("updatedAt"))
    }

    @discardableResult
    package func note(_ stage: DocumentStage, for lease: Lease) async throws -> Bool {
        try await change { transaction in
            guard let job = try await transaction.job(lease.job.id), job.isHeld(by: lease) else { return false }
            // Written as it is: whoever takes the lease meanwhile makes this fail.
            transaction.put(job.item, at: job.key)
            try await self.line(transaction).setStage(stage, of: job)
            return true
        }
    }

    package func cancel(document id: String, in course: CourseID) async throws -> String? {
        guard Self.isKey(id) else { return nil }
        return try await change { transaction in
            let item = try await transaction.item(ChatKey.document(course.name, id))
            guard let id = item?.text("job"), var job = try await transaction.job(id), job.isOpen else { return nil }
            try await self.line(transaction).fail(&job, JobFailure(.cancelled, for: .document))
            return id
        }
    }

    @discardableResult
    package func forget(document id: String, in course: CourseID) async throws -> Bool {
        guard Self.isKey(id) else { return false }
        return try await change { transaction in
            guard let item = try await transaction.item(ChatKey.document(course.name, id)) else { return false }
            if let job = item.text("job"), try await transaction.job(job)?.isOpen == true { return false }
            transaction.delete(ChatKey.document(course.name, id))
            if let hash = item.text("hash") { transaction.delete(ChatKey.original(hash, course.name, id)) }
            return true
        }
    }

    /// Takes the document away that a job has brought into its course.
    func remove(_ document: UploadedDocument, of job: JobItem, _ transaction: CloudTransaction) async throws {
        let key = ChatKey.document(job.course, document.documentID)
        guard try await transaction.item(key)?.text("job") == job.id else { return }
        transaction.delete(key)
        transaction.delete(ChatKey.original(document.contentHash, job.course, document.documentID))
    }

    package func needs(original hash: String) async throws -> Bool {
        try await !table.first(1, ItemQuery(ChatKey.originals(hash)).first(1)).isEmpty
    }
}

extension JobFailure {
    /// Of an upload whose document was uploaded anew.
    static let superseded = JobFailure(
        .cancelled, for: .document, message: "A newer upload of the same document took its place.", cause: "superseded")
}

extension CloudChatStore: CourseDirectory {
    /// Courses of one server: what fits into one list.
    private static let mostCourses = 10_000

    package func setTitle(_ title: String, of course: CourseID) async throws {
        try await change { $0.put(["title": .s(title)], at: ItemKey(ChatKey.titles, course.name)) }
    }

    package func titles() async throws -> [CourseID: String] {
        let found = try await table.first(Self.mostCourses, ItemQuery(ChatKey.titles))
        return Dictionary(
            found.compactMap { item in
                (try? CourseID(item.text("sk") ?? "")).flatMap { id in item.text("title").map { (id, $0) } }
            }, uniquingKeysWith: { $1 })
    }

    package func forgetTitle(of course: CourseID) async throws {
        try await change { $0.delete(ItemKey(ChatKey.titles, course.name)) }
    }
}

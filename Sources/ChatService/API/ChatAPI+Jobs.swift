import Support
import WebServer

extension ChatAPI {
    /// `GET /api/jobs/{jobId}`
    func job(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let record = try await record(parameter("jobId", request), of: caller.principal)
        return .json(200, JobView(try record.shown(try await view(of: record.job.course, caller))))
    }

    /// `DELETE /api/jobs/{jobId}`: a job that is over stays as it is.
    func cancelJob(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = parameter("jobId", request)
        try await cancel(id, of: caller.principal)
        let record = try await record(id, of: caller.principal)
        return .json(200, JobView(try record.shown(try await view(of: record.job.course, caller))))
    }

    func cancel(_ id: String, of principal: Principal) async throws {
        let record = try await record(id, of: principal)
        guard try await ports.ledger.end(job: id, with: JobFailure(.cancelled, for: record.job.kind)) else { return }
        ports.log.info("job cancelled by its owner", ["job": id])
        ports.running.cancel(id)
        await publisher.publish(job: id)
    }

    /// - Throws: `Problem` 404 when there is none, or it is another's, or of a course that the token does not reach.
    func record(_ id: String, of principal: Principal) async throws -> JobRecord {
        guard RandomIdentifier.isWellFormed(id), let record = try await ports.ledger.record(job: id),
            record.job.user == principal.user, principal.reaches(record.job.course)
        else { throw Problem.unknown("job") }
        return record
    }
}

/// A job as clients see it.
struct JobView: Encodable, Sendable {
    struct AnswerView: Encodable, Sendable {
        private enum CodingKeys: String, CodingKey { case messageId }

        let messageId: String
        let answer: Answer

        /// The answer's fields stand beside the id.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(messageId, forKey: .messageId)
            try answer.encode(to: encoder)
        }
    }

    let jobId: String
    let kind: JobKind
    /// Of a question.
    let conversationId: String?
    /// Of an upload.
    let documentId: String?
    let sessionId: String
    let traceId: String
    let course: CourseID
    let status: JobStatus
    /// Of a job that staff made of a dead one: that one.
    let redriveOf: String?
    let attempt: Int
    /// Seconds since 1970.
    let createdAt: Int64
    let updatedAt: Int64
    var answer: AnswerView?
    var error: ChatEvent.Failed?
    /// How an upload ended.
    var document: DocumentStatus?

    init(_ record: JobRecord) {
        jobId = record.job.id
        kind = record.job.kind
        conversationId = record.job.task.question?.conversationID
        documentId = record.job.task.document?.documentID
        sessionId = record.job.sessionID
        traceId = record.job.traceID
        course = record.job.course
        status = record.status
        redriveOf = record.job.redriveOf
        attempt = record.attempt
        createdAt = record.job.acceptedAt.seconds
        updatedAt = record.updatedAt.seconds
        switch record.terminal {
        case .messageCompleted(let completed)?:
            answer = AnswerView(messageId: completed.messageId, answer: completed.answer)
        case .error(let failed)?: error = failed
        case .documentStatus(let status)?: document = status
        default: break
        }
    }
}

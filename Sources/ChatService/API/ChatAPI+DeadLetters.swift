import Support
import WebServer

extension ChatAPI {
    /// `GET /api/dead-letters`: those of the caller's courses, the last one first, without what
    /// students wrote.
    func deadLetters(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let limit = try number("limit", in: 1...200, default: 50, request)
        let page = try await ports.deadLetters.deadLetters(
            of: access.staffCourses(of: caller.principal), after: cursor(request), limit: limit)
        return .json(
            200, DeadLettersView(deadLetters: page.items.map { DeadLetterView($0) }, nextCursor: page.next?.text))
    }

    /// `GET /api/dead-letters/{id}`: with the question.
    func deadLetter(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        .json(200, DeadLetterView(try await deadLetter(parameter("id", request), for: caller), withText: true))
    }

    /// `POST /api/dead-letters/{id}/redrive`: 202 like a question that is asked; the answer goes to the student.
    func redriveDeadLetter(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let letter = try await deadLetter(parameter("id", request), for: caller)
        let course = letter.job.course
        guard try await look(into: course, { try await $0.course(course) }) != nil else {
            throw DeadLetterError.courseGone(course)
        }
        RequestTrace.current?.accepting(letter.job.traceID)
        let accepted = try await ports.deadLetters.redrive(letter.id)
        RequestTrace.current?.accepted(job: accepted.jobID, traceID: accepted.traceID)
        ports.metrics.acceptedQuestion(letter.job.task.question?.mode ?? .answer)
        ports.log.info(
            "dead letter redriven", ["job": accepted.jobID, "dead": letter.id, "trace": accepted.traceID])
        await audit("dead_letter.redriven", by: caller, in: course, subject: letter.id)
        var response = Self.accepted(accepted)
        response.headers["location"] = "/api/jobs/\(accepted.jobID)"
        return response
    }

    /// - Throws: `DeadLetterError.unknown`, also for one of a course whose staff the caller is not.
    private func deadLetter(_ id: String, for caller: Caller) async throws -> DeadLetter {
        guard RandomIdentifier.isWellFormed(id), let letter = try await ports.deadLetters.deadLetter(id),
            try await access.role(of: caller.principal, in: letter.job.course) == .staff
        else { throw DeadLetterError.unknown }
        return letter
    }
}

/// A dead letter as staff see it, over HTTP and on the command line; times in seconds since 1970.
package struct DeadLetterView: Encodable, Sendable {
    /// The dead job, by which the letter is known.
    package let jobId: String
    package let course: CourseID
    package let user: UserID
    package let conversationId: String?
    package let sessionId: String
    package let traceId: String
    package let mode: AnswerMode?
    package let code: JobErrorCode
    package let cause: String
    package let failures: [String]
    package let tries: Int
    package let acceptedAt: Int64
    package let diedAt: Int64
    /// The dead job that this one repeated.
    package let redriveOf: String?
    package let redrivenAs: String?
    /// What the student asked; with a single letter only.
    package let question: String?

    package init(_ letter: DeadLetter, withText: Bool = false) {
        let asked = letter.job.task.question
        jobId = letter.id
        course = letter.job.course
        user = letter.job.user
        conversationId = asked?.conversationID
        sessionId = letter.job.sessionID
        traceId = letter.job.traceID
        mode = asked?.mode
        code = letter.code
        cause = letter.cause
        failures = letter.failures
        tries = letter.tries
        acceptedAt = letter.job.acceptedAt.seconds
        diedAt = letter.diedAt.seconds
        redriveOf = letter.job.redriveOf
        redrivenAs = letter.redrivenAs
        question = withText ? asked?.text : nil
    }
}

struct DeadLettersView: Encodable, Sendable {
    let deadLetters: [DeadLetterView]
    /// Absent on the last page.
    let nextCursor: String?
}

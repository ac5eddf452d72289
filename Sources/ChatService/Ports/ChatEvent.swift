/// What a session is told (contract, section 2).
package enum ChatEvent: Sendable, Equatable {
    case connected(Connected)
    case status(Status)
    case messageDelta(Delta)
    case messageCompleted(Completed)
    case error(Failed)
    case documentStatus(DocumentStatus)

    package enum Kind: String, Sendable, Codable {
        case connected, status, error
        case messageDelta = "message_delta"
        case messageCompleted = "message_completed"
        case documentStatus = "document_status"
    }

    /// Ends its job.
    package var isTerminal: Bool {
        switch self {
        case .messageCompleted, .error: true
        case .documentStatus(let status): status.state.isOver
        case .connected, .status, .messageDelta: false
        }
    }

    /// Survives a restart.
    package var isDurable: Bool {
        switch self {
        case .status, .messageCompleted, .error: true
        case .documentStatus(let status): status.isNews
        case .connected, .messageDelta: false
        }
    }

    package struct Connected: Sendable, Equatable, Codable {
        package var status = "connected"
        package let connectionId: String
        package let sessionId: String
        package let epoch: String
        package let resumedFrom: Int64

        package init(connectionId: String, sessionId: String, epoch: String, resumedFrom: Int64) {
            self.connectionId = connectionId
            self.sessionId = sessionId
            self.epoch = epoch
            self.resumedFrom = resumedFrom
        }
    }

    package enum State: String, Sendable, Codable { case queued, retrieving, generating, retrying }

    package struct Status: Sendable, Equatable, Codable {
        package let jobId: String
        package let state: State
        package let attempt: Int
        /// Once known.
        package var sources: [Source]?
        /// With `queued` only, for a client that asked over the socket.
        package var conversationId: String?
        /// With `queued` only.
        package var traceId: String?

        package init(
            jobId: String, state: State, attempt: Int, sources: [Source]? = nil, conversationId: String? = nil,
            traceId: String? = nil
        ) {
            self.jobId = jobId
            self.state = state
            self.attempt = attempt
            self.sources = sources
            self.conversationId = conversationId
            self.traceId = traceId
        }
    }

    package struct Delta: Sendable, Equatable, Codable {
        package let jobId: String
        package let attempt: Int
        package let stream: Int
        /// Counts from 0 within (attempt, stream).
        package let index: Int
        package let content: String

        package init(jobId: String, attempt: Int, stream: Int, index: Int, content: String) {
            self.jobId = jobId
            self.attempt = attempt
            self.stream = stream
            self.index = index
            self.content = content
        }
    }

    package struct Completed: Sendable, Equatable {
        package let jobId: String
        package let sessionId: String
        package let conversationId: String
        package let messageId: String
        package let traceId: String
        package var answer: Answer

        package init(job: Job, conversationId: String, messageId: String, answer: Answer) {
            jobId = job.id
            sessionId = job.sessionID
            self.conversationId = conversationId
            traceId = job.traceID
            self.messageId = messageId
            self.answer = answer.withoutSolutions
        }
    }

    package struct Failed: Sendable, Equatable, Codable {
        package struct Details: Sendable, Equatable, Codable {
            package let attempts: Int
            /// From a closed set.
            package let cause: String
            /// With `policy_denied`, where the rules of a course say so.
            package let denial: DenialFacts?
        }

        package let jobId: String
        package let code: JobErrorCode
        /// For a person.
        package let message: String
        package let details: Details
        package let retryable: Bool

        package init(jobId: String, attempts: Int, failure: JobFailure) {
            self.jobId = jobId
            code = failure.code
            message = failure.message
            details = Details(attempts: attempts, cause: failure.cause, denial: failure.denial)
            retryable = failure.isRetryable
        }
    }

    package var kind: Kind {
        switch self {
        case .connected: .connected
        case .status: .status
        case .messageDelta: .messageDelta
        case .messageCompleted: .messageCompleted
        case .error: .error
        case .documentStatus: .documentStatus
        }
    }

    package var jobID: String? {
        switch self {
        case .connected: nil
        case .status(let status): status.jobId
        case .messageDelta(let delta): delta.jobId
        case .messageCompleted(let completed): completed.jobId
        case .error(let failed): failed.jobId
        case .documentStatus(let status): status.jobId
        }
    }
}

import Support
import WebServer

extension Problem {
    /// What a client is told about `error`. Only errors made for clients show their own words; of all others the client
    /// learns that it is not its fault, and the log has the closed label.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem:
            self = problem
        case let error as HTTPError:
            self = Problem(
                error.status, error.label, Self.title(of: error.status), error.description, headers: error.headers)
        case let error as IntakeError:
            self = Self.refused(error)
        case let error as DeadLetterError:
            self = Self.refused(error)
        case let error as PolicyDenied:
            self = Problem(403, error.label, "Not allowed in this course", error.description)
            denial = DenialFacts(error.denial)
        case let error as AuthenticationError:
            self = Problem(
                401, error.label, "Not signed in", error.description, headers: ["www-authenticate": "Bearer"])
        case let error as UploadError:
            self = Self.refused(error)
        case let error as AccountError:
            self = Self.refused(error)
        case let error as MembershipError:
            let title = error == .courseFull ? "The course is full" : "The last of the staff"
            self = Problem(409, error.label, title, error.description)
        case let error as InvitationError:
            self = Problem(409, error.label, "Too many invitations", error.description)
        case DocumentRuleError.tooMany:
            self = Problem(
                409, DocumentRuleError.tooMany.label, "Too many rules", DocumentRuleError.tooMany.description)
        case let error as DocumentRuleError:
            self = .unavailable(error.description)
        case let error as CourseUnavailable:
            self = .unavailable(error.description, label: error.label, retryAfter: 60)
        case let error as any ExplainedError where error.label == "sqlite_full":
            self = .unavailable(
                "The server's disk is full, so nothing was stored; tell the staff and try again later.", retryAfter: 60)
        case let error as any ExplainedError where error.label == "sqlite_read_only":
            self = .unavailable(
                "The server's disk cannot be written to just now, so nothing was stored; tell the staff and try again later.",
                retryAfter: 60)
        case let error as any ExplainedError where error.label == "outcome_unknown":
            self = .unavailable(error.description, label: error.label)
        case let error as any ExplainedError where error.label == "ingest_original_not_kept":
            self = .unavailable(error.description, label: error.label, retryAfter: 60)
        case is any ExplainedError:
            self = .unavailable("The server cannot do this just now; nothing was stored, try again in a moment.")
        case is CancellationError:
            self = .unavailable("The server is shutting down; try again in a moment.", label: "shutting_down")
        default:
            self = Problem(
                500, "internal", "Internal error",
                "Something went wrong on our side; try again, and tell the staff the traceId if it stays so.")
        }
    }

    private static func refused(_ error: IntakeError) -> Problem {
        switch error {
        case .unknownConversation:
            Problem(
                404, error.label, "Unknown conversation", error.description,
                errors: [FieldError(pointer: "/conversationId", detail: error.description)])
        case .unknownSession:
            Problem(
                404, error.label, "Unknown session", error.description,
                errors: [FieldError(pointer: "/sessionId", detail: error.description)])
        case .otherCourse:
            Problem(
                409, error.label, "Another course", error.description,
                errors: [FieldError(pointer: "/course", detail: error.description)])
        case .backlogFull:
            .unavailable(error.description, label: error.label, retryAfter: 30)
        case .keyReused:
            Problem(422, error.label, "Idempotency key used before", error.description)
        }
    }

    private static func refused(_ error: DeadLetterError) -> Problem {
        switch error {
        case .unknown: Problem(404, error.label, "No such dead letter", error.description)
        case .redriven, .conversationGone, .courseGone:
            Problem(409, error.label, "Cannot be redriven", error.description)
        }
    }

    private static func refused(_ error: AccountError) -> Problem {
        let field = { (pointer: String) in [FieldError(pointer: pointer, detail: error.description)] }
        return switch error {
        case .badName: Problem(400, error.label, "Not a user name", error.description, errors: field("/user"))
        case .badPassword:
            Problem(400, error.label, "Not a good password", error.description, errors: field("/password"))
        case .taken: Problem(409, error.label, "The name is taken", error.description, errors: field("/user"))
        case .unknown: Problem(404, error.label, "No such user", error.description)
        case .tooMany: Problem(409, error.label, "Too many accounts", error.description)
        }
    }

    private static func refused(_ error: UploadError) -> Problem {
        switch error {
        case .empty: Problem(400, error.label, "Empty file", error.description)
        case .tooLarge: Problem(413, error.label, "Too large", error.description)
        case .notStored: .unavailable(error.description, label: error.label, retryAfter: 60)
        case .tooMany: .unavailable(error.description, label: error.label, retryAfter: 5)
        }
    }

    private static func title(of status: Int) -> String {
        switch status {
        case 404: "Not found"
        case 405: "Method not allowed"
        case 408: "Too slow"
        case 416: "No such range"
        case 411, 413, 414, 431: "Too large or of unknown size"
        case 500...: "The server cannot do this"
        default: "Malformed request"
        }
    }
}

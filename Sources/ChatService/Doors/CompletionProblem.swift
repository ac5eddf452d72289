import Support
import WebServer

/// A problem in the form that OpenAI's clients read: `{"error": {"message", "type", "param", "code"}}`.
struct CompletionProblem: Encodable, Sendable {
    struct Body: Encodable, Sendable {
        let message: String
        let type: String
        let param: String?
        let code: String
        let traceID: String
        private enum CodingKeys: String, CodingKey {
            case message, type, param, code
            case traceID = "trace_id"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(message, forKey: .message)
            try container.encode(type, forKey: .type)
            // Null rather than absent: clients look for it.
            try container.encode(param, forKey: .param)
            try container.encode(code, forKey: .code)
            try container.encode(traceID, forKey: .traceID)
        }
    }

    let error: Body

    init(_ problem: Problem, traceID: String) {
        error = Body(
            message: problem.description, type: Self.type(of: problem.status),
            param: problem.errors.first.flatMap { Self.parameter($0.pointer) }, code: Self.code(of: problem),
            traceID: traceID)
    }

    /// Whether errors of that path have this form.
    static func speaks(for path: String) -> Bool { path == "/api/v1" || path.hasPrefix("/api/v1/") }

    static func response(_ problem: Problem, traceID: String) -> HTTPResponse {
        var response = HTTPResponse.json(problem.status, CompletionProblem(problem, traceID: traceID))
        for field in problem.headers { response.headers[field.name] = field.value }
        response.headers["x-request-id"] = traceID
        return response
    }

    /// `messages[0].content` for `/messages/0/content`.
    private static func parameter(_ pointer: String) -> String? {
        let parts = pointer.split(separator: "/")
        guard let first = parts.first, !first.hasPrefix("?") else { return nil }
        return parts.dropFirst().reduce(String(first)) { path, part in
            part.allSatisfy(\.isNumber) ? "\(path)[\(part)]" : "\(path).\(part)"
        }
    }

    private static func type(of status: Int) -> String {
        switch status {
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500...: "server_error"
        default: "invalid_request_error"
        }
    }

    private static func code(of problem: Problem) -> String {
        switch problem.status {
        case 401: "invalid_api_key"
        case 429: "rate_limit_exceeded"
        default: problem.label
        }
    }
}

extension Problem {
    /// How a job ended that was asked by a client who waits for it.
    init(_ failed: ChatEvent.Failed) {
        let status =
            switch failed.code {
            case .llmUnavailable, .courseUnavailable: 503
            case .deadlineExceeded: 504
            case .policyDenied: 403
            case .cancelled: 409
            case .internalError, .documentFailed: 500
            }
        // A client that asks again by itself would ask for what has just been tried for minutes.
        self.init(
            status, failed.code.rawValue, "No answer", failed.message, headers: ["x-should-retry": "false"])
    }
}

import Support
import WebServer

/// What is wrong with a request, as clients get it: `application/problem+json` (RFC 9457).
package struct Problem: ExplainedError, Equatable {
    /// One field that is wrong.
    package struct FieldError: Sendable, Equatable, Codable {
        /// A JSON pointer into the body (RFC 6901), `?name` for a parameter of the query, or the name of a header.
        package let pointer: String
        package let detail: String
    }

    package let status: Int
    /// From a closed set; the end of `type`.
    package let label: String
    package let title: String
    /// What was found and what to do.
    package let description: String
    package let errors: [FieldError]
    package let headers: HTTPFields
    /// With `policy_denied` only.
    package var denial: DenialFacts?

    package init(
        _ status: Int, _ label: String, _ title: String, _ detail: String, errors: [FieldError] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.label = label
        self.title = title
        description = detail
        self.errors = errors
        self.headers = headers
    }

    /// 400: fields that are missing or wrong, all of them at once.
    static func invalid(_ errors: [FieldError]) -> Problem {
        Problem(
            400, "invalid_request", "The request is not valid", errors.first?.detail ?? "Check the request.",
            errors: errors)
    }

    static func invalid(_ pointer: String, _ detail: String) -> Problem {
        invalid([FieldError(pointer: pointer, detail: detail)])
    }

    /// 404, also for what belongs to somebody else.
    static func unknown(_ what: String, errors: [FieldError] = []) -> Problem {
        Problem(
            404, "not_found", "Not found", "There is no such \(what), or it is not yours; check the id.",
            errors: errors)
    }

    static func unknownCourse(_ pointer: String?) -> Problem {
        let detail = "There is no such course; GET /api/courses lists those there are."
        let errors = pointer.map { [FieldError(pointer: $0, detail: detail)] } ?? []
        return Problem(404, "unknown_course", "Unknown course", detail, errors: errors)
    }

    /// 503: something that is needed is down.
    static func unavailable(_ detail: String, label: String = "unavailable", retryAfter seconds: Int = 10) -> Problem {
        Problem(
            503, label, "Not available just now", detail, headers: ["retry-after": "\(seconds)"])
    }

    func response(traceID: String) -> HTTPResponse {
        var response = HTTPResponse.json(status, body(traceID: traceID))
        response.headers["content-type"] = "application/problem+json"
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    /// The fields, also inside a socket's `rejected` frame.
    struct Body: Encodable, Sendable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let traceId: String
        let errors: [FieldError]?
        let denial: DenialFacts?
    }

    func body(traceID: String) -> Body {
        Body(
            type: "urn:gepeto:problem:\(label)", title: title, status: status, detail: description, traceId: traceID,
            errors: errors.isEmpty ? nil : errors, denial: denial)
    }
}

extension HTTPResponse {
    /// A JSON answer that no cache keeps and no browser takes for anything else.
    static func json(_ status: Int, _ value: some Encodable) -> HTTPResponse {
        json(status, bytes: JSONText.bytes(value))
    }

    /// The same, of JSON that is written already.
    static func json(_ status: Int, bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [
                "content-type": "application/json", "cache-control": "no-store", "x-content-type-options": "nosniff",
            ], body: .bytes(bytes))
    }
}

import Support

/// Why the function cannot go on, or one event was not answered.
package enum RuntimeError: ExplainedError, Equatable {
    /// AWS_LAMBDA_RUNTIME_API is not set.
    case notInLambda
    /// The Runtime API answers with what it should not; the status where there was one.
    case refused(operation: String, status: Int?)
    /// An event that is neither an HTTP request nor one of a WebSocket.
    case unknownEvent
    /// The function did not come to an end before its deadline.
    case deadline

    package var label: String {
        switch self {
        case .notInLambda: "not_in_lambda"
        case .refused: "runtime_refused"
        case .unknownEvent: "unknown_event"
        case .deadline: "function_deadline"
        }
    }

    package var description: String {
        switch self {
        case .notInLambda:
            "AWS_LAMBDA_RUNTIME_API is not set: this program is started by AWS Lambda, 'gepeto serve' elsewhere."
        case .refused(let operation, let status):
            "The Lambda Runtime API did not take '\(operation)'\(status.map { " (status \($0))" } ?? ""); the function ends."
        case .unknownEvent:
            "The event is neither an HTTP request (payload format 2.0 or 1.0) nor one of a WebSocket: check what invokes the function."
        case .deadline: "The function had no time left for its answer: raise its timeout."
        }
    }
}

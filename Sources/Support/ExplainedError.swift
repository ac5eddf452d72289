/// An error that may be shown to a person and counted on a dashboard.
///
/// Every error that leaves a room conforms to it, so that no library's own text ever reaches a user. `description`
/// says what was expected, what was found and what to do, in one or two sentences, without secrets or a student's words.
package protocol ExplainedError: Error, CustomStringConvertible, Sendable {
    /// A name from a closed set, safe as a metric label, for example `pdf_encrypted`.
    var label: String { get }
    /// One or two sentences for a person.
    var description: String { get }
}

extension Error {
    /// The sentence for a person; an error that no room has explained is named by its type only.
    package var sentence: String {
        (self as? any ExplainedError)?.description
            ?? (self is CancellationError ? "The work was cancelled." : "Unexpected error (\(type(of: self))).")
    }

    /// The closed name for logs and metrics.
    package var label: String {
        (self as? any ExplainedError)?.label ?? (self is CancellationError ? "cancelled" : "unexplained")
    }
}

import Support

/// The command line cannot be understood: exit code 2.
struct UsageError: ExplainedError, Equatable {
    let label = "usage"
    let description: String

    init(_ description: String) { self.description = description }
}

/// The work failed for a reason that has a sentence: exit code 1.
struct CommandFailure: ExplainedError {
    let label: String
    let description: String

    init(_ label: String, _ description: String) {
        self.label = label
        self.description = description
    }
}

import Support

/// A course that is there but cannot be opened: its file is damaged, of another embedding model, or unreadable.
///
/// Trying again does not help until staff have looked, so clients are told that, and the log says which course and why.
struct CourseUnavailable: ExplainedError {
    /// nil when it is not known which courses there are.
    let course: CourseID?
    /// The closed label of what the library threw.
    let cause: String

    let label = "course_unavailable"

    var description: String {
        course == nil
            ? "The courses cannot be listed just now; staff run 'gepeto doctor'."
            : "This course cannot be opened just now; staff run 'gepeto doctor'."
    }

    /// For the log.
    var metadata: [String: String] { ["course": course?.name ?? "", "cause": cause] }
}

extension ChatAPI {
    /// What the library says of `course`, or of all courses.
    /// - Throws: `CourseUnavailable` for what the library throws; `CancellationError`.
    func look<Value: Sendable>(
        into course: CourseID?, _ body: (any CourseLibrary) async throws -> Value
    ) async throws -> Value {
        do {
            return try await body(ports.library)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw CourseUnavailable(course: course, cause: error.label)
        }
    }
}

import ChatService
import Retrieval
import Support

/// Courses by name only.
package struct ScriptedLibrary: CourseLibrary {
    private let summaries: [CourseSummary]

    package init(_ names: [String]) throws {
        summaries = try names.sorted().map {
            CourseSummary(id: try CourseID($0), title: $0, documents: 1, chunks: 2)
        }
    }

    package func ids() async throws -> [CourseID] { summaries.map(\.id) }
    package func courses() async throws -> [CourseSummary] { summaries }
    package func course(_ id: CourseID) async throws -> CourseSummary? { summaries.first { $0.id == id } }
    package func retriever(for id: CourseID) async throws -> Retriever? { nil }
}

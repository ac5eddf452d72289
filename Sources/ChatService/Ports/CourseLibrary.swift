import Retrieval
import Support

/// The courses there are.
package protocol CourseLibrary: Sendable {
    /// The ids of all courses, sorted; costs no look into them.
    func ids() async throws -> [CourseID]
    /// Whether there is a course of that name that can be used; asked for every question, so it reads nothing of it.
    func exists(_ id: CourseID) async throws -> Bool
    /// All courses, sorted by id.
    func courses() async throws -> [CourseSummary]
    /// One course; nil when there is none of that name.
    func course(_ id: CourseID) async throws -> CourseSummary?
    /// What searches the course; nil when there is none of that name.
    func retriever(for id: CourseID) async throws -> Retriever?
}

extension CourseLibrary {
    package func exists(_ id: CourseID) async throws -> Bool { try await course(id) != nil }
}

/// A course as clients see it.
package struct CourseSummary: Codable, Sendable, Equatable {
    package let id: CourseID
    package let title: String
    package let documents: Int
    package let chunks: Int

    package init(id: CourseID, title: String, documents: Int, chunks: Int) {
        self.id = id
        self.title = title
        self.documents = documents
        self.chunks = chunks
    }
}

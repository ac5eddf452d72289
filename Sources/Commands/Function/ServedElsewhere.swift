import ChatService
import Support

/// The documents of courses where there are none: in a process that only takes questions. None of its routes asks for them.
struct ServedElsewhere: CourseDocuments {
    struct Refusal: ExplainedError {
        let label = "served_elsewhere"
        let description = "The function only takes questions; the address of the server does the rest."
    }

    func makeCourse(_ id: CourseID) async throws -> Bool { throw Refusal() }
    func removeCourse(_ id: CourseID) async throws -> Bool { throw Refusal() }
    func documentID(of name: String, in course: CourseID) async throws -> String? { throw Refusal() }
    func documents(of course: CourseID) async throws -> [StoredDocument]? { throw Refusal() }
    func document(_ id: String, of course: CourseID) async throws -> StoredDocument? { throw Refusal() }
    func document(withHash hash: String, of course: CourseID) async throws -> StoredDocument? { throw Refusal() }
    func report(on id: String, of course: CourseID) async throws -> (any Encodable & Sendable)? { throw Refusal() }
    func remove(_ id: String, from course: CourseID) async throws -> Bool { throw Refusal() }
    func supersede(_ course: CourseID) async throws { throw Refusal() }
    func held(of hashes: Set<String>) async throws -> Set<String> { throw Refusal() }
}

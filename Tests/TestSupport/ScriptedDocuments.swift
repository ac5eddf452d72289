import ChatService
import Support

/// Documents of courses in memory, as a course file would hold them; courses are those of a library and those made here.
package final class ScriptedDocuments: CourseDocuments {
    private struct State {
        var made: Set<CourseID> = []
        var documents: [CourseID: [String: StoredDocument]] = [:]
    }

    private let library: any CourseLibrary
    private let state = Locked(State())

    package init(_ library: any CourseLibrary) { self.library = library }

    /// Puts a document in, as ingestion does.
    package func put(
        _ upload: UploadedDocument, into course: CourseID, pages: Int? = nil, chunks: Int = 1,
        at moment: Timestamp = Timestamp(milliseconds: 0)
    ) {
        let document = StoredDocument(
            id: upload.documentID, name: upload.name, title: upload.name, contentHash: upload.contentHash,
            byteCount: upload.byteCount, mediaType: "text/plain", pages: pages, chunks: chunks,
            warnings: ["A warning."], ingestedAt: moment)
        state.withLock { $0.documents[course, default: [:]][document.id] = document }
    }

    package func makeCourse(_ id: CourseID) async throws -> Bool {
        guard try await library.course(id) == nil else { return false }
        return state.withLock { $0.made.insert(id).inserted }
    }

    package func removeCourse(_ id: CourseID) async throws -> Bool {
        guard try await isThere(id) else { return false }
        state.withLock { state in
            state.made.remove(id)
            state.documents[id] = nil
        }
        return true
    }

    package func documentID(of name: String, in course: CourseID) async throws -> String? {
        try await isThere(course) ? String(SHA256.hex("\(course.name) \(name)".utf8).prefix(32)) : nil
    }

    package func documents(of course: CourseID) async throws -> [StoredDocument]? {
        guard try await isThere(course) else { return nil }
        return state.withLock { $0.documents[course] ?? [:] }.values.sorted { $0.name < $1.name }
    }

    package func document(_ id: String, of course: CourseID) async throws -> StoredDocument? {
        state.withLock { $0.documents[course]?[id] }
    }

    package func document(withHash hash: String, of course: CourseID) async throws -> StoredDocument? {
        state.withLock { $0.documents[course]?.values.first { $0.contentHash == hash } }
    }

    package func report(on id: String, of course: CourseID) async throws -> (any Encodable & Sendable)? {
        try await document(id, of: course).map { ["characters": $0.byteCount] }
    }

    @discardableResult
    package func remove(_ id: String, from course: CourseID) async throws -> Bool {
        state.withLock { $0.documents[course]?.removeValue(forKey: id) != nil }
    }

    package func supersede(_ course: CourseID) async throws {}

    package func held(of hashes: Set<String>) async throws -> Set<String> {
        state.withLock { state in
            hashes.intersection(state.documents.values.flatMap { $0.values.map(\.contentHash) })
        }
    }

    private func isThere(_ course: CourseID) async throws -> Bool {
        if state.withLock({ $0.made.contains(course) }) { return true }
        return try await library.course(course) != nil
    }
}

import ChatService
import CourseStore
import Glibc
import Ingest
import Support

extension CourseFolder: CourseDocuments {
    /// Deletes the file of a course that nobody here has open.
    /// - Returns: false when there is none.
    static func removeFile(of id: CourseID, in data: String) -> Bool {
        let path = "\(folder(in: data))/\(id).sqlite"
        guard unlink(path) == 0 else { return false }
        for tail in ["-wal", "-shm"] { unlink(path + tail) }
        return true
    }

    func removeCourse(_ id: CourseID) async throws -> Bool {
        guard try await places.newest(id) != nil else { return false }
        try await explained(id) { try await remove(id) }
        return true
    }

    func documentID(of name: String, in course: CourseID) async throws -> String? {
        try await explained(course) { try await newestFile(for: course)?.documentID(ofPath: name) }
    }

    func documents(of course: CourseID) async throws -> [StoredDocument]? {
        try await explained(course) {
            try await newestFile(for: course)?.documents().map(StoredDocument.init)
        }
    }

    func document(_ id: String, of course: CourseID) async throws -> StoredDocument? {
        try await explained(course) { try await file(for: course)?.document(id: id).map(StoredDocument.init) }
    }

    func newestDocument(_ id: String, of course: CourseID) async throws -> StoredDocument? {
        try await explained(course) { try await newestFile(for: course)?.document(id: id).map(StoredDocument.init) }
    }

    func document(withHash hash: String, of course: CourseID) async throws -> StoredDocument? {
        try await explained(course) {
            try await file(for: course)?.document(contentHash: hash).map(StoredDocument.init)
        }
    }

    func report(on id: String, of course: CourseID) async throws -> (any Encodable & Sendable)? {
        try await explained(course) { try await file(for: course)?.report(documentID: id) }
    }

    @discardableResult
    func remove(_ id: String, from course: CourseID) async throws -> Bool {
        try await explained(course) {
            try await change(course, isChange: { $0 }) { try await $0.remove(documentID: id) } ?? false
        }
    }

    func supersede(_ course: CourseID) async throws {
        try await explained(course) { try await places.supersede(course) }
    }

    func held(of hashes: Set<String>) async throws -> Set<String> {
        try await places.look()
        var held: Set<String> = []
        for id in try await ids() where held != hashes {
            let found = try await peek(id, mustBeCurrent: true) { file in
                var found: Set<String> = []
                for hash in hashes.subtracting(held) where try await file.document(contentHash: hash) != nil {
                    found.insert(hash)
                }
                return found
            }
            held.formUnion(found ?? [])
        }
        return held
    }
}

extension StoredDocument {
    fileprivate init(_ document: Document) {
        self.init(
            id: document.id, name: document.path, title: document.title, contentHash: document.contentHash,
            byteCount: document.byteCount, mediaType: document.mediaType, pages: document.pageCount,
            chunks: document.chunkCount, warnings: document.warnings, ingestedAt: document.ingestedAt)
    }
}

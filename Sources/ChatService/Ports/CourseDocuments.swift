import Ingest
import Support

/// The documents that are in courses.
package protocol CourseDocuments: Sendable {
    /// Makes an empty course.
    /// - Returns: false when there is one of that name.
    func makeCourse(_ id: CourseID) async throws -> Bool
    /// Deletes a course with all its documents for good.
    /// - Returns: false when there is none of that name.
    func removeCourse(_ id: CourseID) async throws -> Bool
    /// The id that a document of that name has, or would have; nil when there is no such course.
    func documentID(of name: String, in course: CourseID) async throws -> String?
    /// All documents, by name; nil when there is no such course.
    func documents(of course: CourseID) async throws -> [StoredDocument]?
    /// nil when there is no such course or document.
    func document(_ id: String, of course: CourseID) async throws -> StoredDocument?
    /// The same, also where another process has only just brought it in.
    func newestDocument(_ id: String, of course: CourseID) async throws -> StoredDocument?
    /// The document with that content.
    func document(withHash hash: String, of course: CourseID) async throws -> StoredDocument?
    /// What ingestion found in the document, in the form in which clients see it; nil when it is not known.
    func report(on id: String, of course: CourseID) async throws -> (any Encodable & Sendable)?
    /// Takes the document out with all its chunks and vectors; false when there is none.
    @discardableResult
    func remove(_ id: String, from course: CourseID) async throws -> Bool
    /// Sees to it that what other processes have begun to bring into the course comes to nothing.
    func supersede(_ course: CourseID) async throws
    /// Those of the contents that documents of any course have. Opens every course: for removals only.
    /// - Throws: when one of the courses cannot be looked into.
    func held(of hashes: Set<String>) async throws -> Set<String>
}

extension CourseDocuments {
    package func newestDocument(_ id: String, of course: CourseID) async throws -> StoredDocument? {
        try await document(id, of: course)
    }
}

/// Brings an uploaded document into its course.
package protocol DocumentIngesting: Sendable {
    /// - Parameter progress: called often, from any thread, in order; must be quick.
    /// - Throws: `DocumentRejected` when it cannot be read, however often it is tried; `CourseGone` when there is no such
    ///   course; other errors for trouble that may pass; `CancellationError`. The course is as before then.
    func ingest(
        _ document: UploadedDocument, into course: CourseID,
        progress: @escaping @Sendable (DocumentProgress) -> Void
    ) async throws -> IngestedSummary
}

/// What became of a document that is in its course.
package struct IngestedSummary: Sendable, Equatable {
    package let pages: Int?
    package let chunks: Int
    /// The content of the version that it took the place of, which may be needed no longer.
    package let formerHash: String?

    package init(pages: Int?, chunks: Int, formerHash: String? = nil) {
        self.pages = pages
        self.chunks = chunks
        self.formerHash = formerHash
    }
}

/// A document as its course keeps it.
package struct StoredDocument: Sendable, Equatable {
    package let id: String
    package let name: String
    package let title: String
    package let contentHash: String
    package let byteCount: Int
    package let mediaType: String
    package let pages: Int?
    package let chunks: Int
    package let warnings: [String]
    package let ingestedAt: Timestamp

    package init(
        id: String, name: String, title: String, contentHash: String, byteCount: Int, mediaType: String, pages: Int?,
        chunks: Int, warnings: [String], ingestedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.contentHash = contentHash
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.pages = pages
        self.chunks = chunks
        self.warnings = warnings
        self.ingestedAt = ingestedAt
    }
}

/// The document itself is at fault: another try would meet the same.
package struct DocumentRejected: ExplainedError {
    package let label: String
    /// For the teacher.
    package let description: String

    /// - Parameter error: what the extractor or the self-check found.
    package init(_ error: any ExplainedError) {
        label = error.label
        description = error.description
    }

    /// The course has the content already, under another name.
    package init(duplicateOf name: String) {
        label = "duplicate"
        description = "The course has this very content already, as '\(name)'. Delete this entry, or that document."
    }
}

/// The course of an uploaded document is not there any more.
package struct CourseGone: ExplainedError {
    package let label = "course_gone"
    package let description = "The course is not there any more; make it again, and upload the document again."

    package init() {}
}

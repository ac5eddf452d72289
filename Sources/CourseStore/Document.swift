import Support

/// A document of a course, as the course file keeps it.
package struct Document: Sendable, Hashable, Codable {
    /// 32 hexadecimal digits; the same for the same course and path, so that links outlive a new version.
    package let id: String
    /// The relative name that staff see, for example `aulas/recursao.md`.
    package let path: String
    package let title: String
    /// SHA-256 of the original file, in hexadecimal.
    package let contentHash: String
    package let byteCount: Int
    package let mediaType: String
    /// `pt`, `en` or empty when unknown.
    package let language: String
    /// nil for formats without pages.
    package let pageCount: Int?
    package let chunkCount: Int
    /// Characters of extracted text.
    package let characterCount: Int
    package let warnings: [String]
    package let ingestedAt: Timestamp
    /// The canonical path of the folder that it was ingested from; empty when it is not known.
    package let root: String
    /// What its pages are called.
    package let pageUnit: PageUnit

    package init(
        id: String, path: String, title: String, contentHash: String, byteCount: Int, mediaType: String,
        language: String, pageCount: Int?, chunkCount: Int, characterCount: Int, warnings: [String],
        ingestedAt: Timestamp, root: String = "",
        pageUnit: PageUnit = .page
    ) {
        self.id = id
        self.path = path
        self.title = title
        self.contentHash = contentHash
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.language = language
        self.pageCount = pageCount
        self.chunkCount = chunkCount
        self.characterCount = characterCount
        self.warnings = warnings
        self.ingestedAt = ingestedAt
        self.root = root
        self.pageUnit = pageUnit
    }
}

/// What is known of a document before it is stored; see `Document` for the fields.
package struct NewDocument: Sendable {
    package let path: String
    package let title: String
    package let contentHash: String
    package let byteCount: Int
    package let mediaType: String
    package let language: String
    package let pageCount: Int?
    package let characterCount: Int
    package let warnings: [String]
    package let root: String
    package let pageUnit: PageUnit

    package init(
        path: String, title: String, contentHash: String, byteCount: Int, mediaType: String, language: String,
        pageCount: Int?, characterCount: Int, warnings: [String], root: String = "",
        pageUnit: PageUnit = .page
    ) {
        self.path = path
        self.title = title
        self.contentHash = contentHash
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.language = language
        self.pageCount = pageCount
        self.characterCount = characterCount
        self.warnings = warnings
        self.root = root
        self.pageUnit = pageUnit
    }
}

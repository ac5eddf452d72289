import CourseStore

/// A document that has been read and cut, but not yet embedded.
struct PreparedDocument: Sendable {
    let document: NewDocument
    let chunks: [DocumentChunk]
    let emptyPages: [Int]
    /// Whether the course has an older version.
    let replacesOne: Bool
}

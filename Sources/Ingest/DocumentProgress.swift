/// Where a document is on its way into a course.
package enum DocumentState: String, Codable, Sendable, CaseIterable {
    case queued, extracting, embedding, checking, ready, failed
}

/// How far one document has come.
package struct DocumentProgress: Codable, Sendable, Equatable {
    package var state: DocumentState
    /// While it is extracted, for formats whose pages are read one by one.
    package var pagesDone: Int?
    package var pagesTotal: Int?
    package var chunksDone: Int
    /// nil until the document is cut.
    package var chunks: Int?

    package init(
        state: DocumentState, pagesDone: Int? = nil, pagesTotal: Int? = nil, chunksDone: Int = 0, chunks: Int? = nil
    ) {
        self.state = state
        self.pagesDone = pagesDone
        self.pagesTotal = pagesTotal
        self.chunksDone = chunksDone
        self.chunks = chunks
    }
}

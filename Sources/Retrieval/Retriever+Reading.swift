import CourseStore
import Support

/// A piece of a document as the course keeps it, with its place.
package struct DocumentChunk: Sendable, Equatable {
    package let id: Int64
    /// The position within the document, from 0.
    package let ordinal: Int
    package let text: String
    /// Headings above the text, outermost first.
    package let section: [String]
    /// From 1; nil for formats without pages.
    package let pages: ClosedRange<Int>?
    package let place: String?
    package let recognised: Bool
    /// Word pieces of the text, by the embedding model's tokenizer.
    package let tokenCount: Int
}

extension Retriever {
    /// A document's chunks from that position on, in their order, at most `limit`.
    package func chunks(
        of document: String, from ordinal: Int, limit: Int
    ) async throws -> [DocumentChunk] {
        try await course.chunks(documentID: document, from: ordinal, limit: limit).map {
            DocumentChunk(
                id: $0.id, ordinal: $0.ordinal, text: $0.text, section: $0.section, pages: $0.pages, place: $0.place,
                recognised: $0.recognised, tokenCount: $0.tokenCount)
        }
    }
}

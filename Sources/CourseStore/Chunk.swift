import Support

/// A piece of a document, small enough for one vector.
package struct Chunk: Sendable, Hashable {
    /// Never given to another chunk, also after this one is gone.
    package let id: Int64
    package let documentID: String
    /// The position within the document, from 0.
    package let ordinal: Int
    /// A verbatim part of the document's extracted text.
    package let text: String
    /// Headings above the text, outermost first.
    package let section: [String]
    /// Pages from 1; nil for formats without pages.
    package let pages: ClosedRange<Int>?
    /// UTF-8 bytes within the document's extracted text.
    package let offset: Range<Int>
    /// Word pieces of `text`, by the embedding model's tokenizer.
    package let tokenCount: Int
    /// Cells, times or lines, for formats that have such: `Notas!A2:F31`, `00:01:23–00:02:10`, `10–42`.
    package let place: String?
    /// Whether some of the text was recognised from the picture of a page.
    package let recognised: Bool
    /// Where the parts of `text` stand, in order, the first at 0; never empty.
    package let locations: [TextLocation]

    /// - Parameter locations: empty when all of it is at one place.
    package init(
        id: Int64, documentID: String, ordinal: Int, text: String, section: [String], pages: ClosedRange<Int>?,
        offset: Range<Int>, tokenCount: Int, place: String? = nil, recognised: Bool = false,
        locations: [TextLocation] = []
    ) {
        self.id = id
        self.documentID = documentID
        self.ordinal = ordinal
        self.text = text
        self.section = section
        self.pages = pages
        self.offset = offset
        self.tokenCount = tokenCount
        self.place = place
        self.recognised = recognised
        self.locations =
            locations.isEmpty
            ? [TextLocation(offset: 0, page: pages?.lowerBound, recognised: recognised, place: place)] : locations
    }
}

/// A chunk before it is stored; see `Chunk` for the fields.
package struct NewChunk: Sendable {
    package let text: String
    package let section: [String]
    package let pages: ClosedRange<Int>?
    package let offset: Range<Int>
    package let tokenCount: Int
    package let place: String?
    package let recognised: Bool
    /// Empty when all of it is at one place.
    package let locations: [TextLocation]

    package init(
        text: String, section: [String], pages: ClosedRange<Int>?, offset: Range<Int>, tokenCount: Int,
        place: String? = nil, recognised: Bool = false, locations: [TextLocation] = []
    ) {
        self.text = text
        self.section = section
        self.pages = pages
        self.offset = offset
        self.tokenCount = tokenCount
        self.place = place
        self.recognised = recognised
        self.locations = locations
    }
}

/// A chunk found by a search.
package struct ScoredChunk: Sendable, Hashable {
    package let id: Int64
    /// Cosine in a vector search, BM25 in a lexical one; larger is better in both.
    package let score: Float

    package init(id: Int64, score: Float) {
        self.id = id
        self.score = score
    }
}

import Support

/// What a search hands to a reader or a prompt: one chunk, or neighbouring ones joined.
package struct Passage: Sendable, Hashable, Codable {
    /// In the order of the text.
    package let chunkIDs: [Int64]
    package let documentID: String
    package let documentTitle: String
    package let documentPath: String
    /// `pt`, `en` or empty when unknown.
    package let language: String
    /// Headings above the text, outermost first.
    package let section: [String]
    /// Pages from 1; nil for formats without pages.
    package let pages: ClosedRange<Int>?
    /// What the pages are called.
    package let pageUnit: PageUnit
    /// Cells, times or lines, for formats that have such: `Notas!A2:F31`, `00:01:23–00:02:10`, `10–42`.
    package let place: String?
    /// Whether some of the text was recognised from the picture of a page, and may hold its errors.
    package let recognised: Bool
    /// Where the parts of `text` stand, in order; empty when that is not known.
    package let locations: [TextLocation]
    /// Verbatim text of the document, overlaps between chunks removed.
    package let text: String
    /// The best chunk's score; comparable within one result only.
    package let score: Double
    /// The best cosine; nil when the search did not look at vectors.
    package let similarity: Double?
    /// The best BM25 score; nil when the search did not look at words.
    package let lexicalScore: Double?
    /// What the best chunk's score is made of; nil unless the search was hybrid and looked at it closely.
    package let parts: ScoreParts?

    package init(
        chunkIDs: [Int64], documentID: String, documentTitle: String, documentPath: String, language: String,
        section: [String], pages: ClosedRange<Int>?, text: String, score: Double, similarity: Double?,
        lexicalScore: Double?, pageUnit: PageUnit = .page, place: String? = nil, recognised: Bool = false,
        locations: [TextLocation] = [], parts: ScoreParts? = nil
    ) {
        self.chunkIDs = chunkIDs
        self.documentID = documentID
        self.documentTitle = documentTitle
        self.documentPath = documentPath
        self.language = language
        self.section = section
        self.pages = pages
        self.pageUnit = pageUnit
        self.place = place
        self.recognised = recognised
        self.locations = locations
        self.text = text
        self.score = score
        self.similarity = similarity
        self.lexicalScore = lexicalScore
        self.parts = parts
    }
}

extension Passage {
    /// The headings below the document's own title: what to show behind it.
    package var headings: [String] {
        section.first == documentTitle ? Array(section.dropFirst()) : section
    }
}

extension Passage {
    /// The page, and the cells, times or lines, of the bytes `range` of `text`; what is not known of them in particular is
    /// said of the whole passage.
    /// - Returns: of several pages the first one; `recognised` when some of them were.
    package func location(of range: Range<Int>) -> TextLocation {
        let covered = locations.covering(range)
        return TextLocation(
            offset: range.lowerBound, page: covered.first?.page ?? pages?.lowerBound,
            recognised: covered.isEmpty ? recognised : covered.contains(where: \.recognised),
            place: PlaceRange.joined(covered.compactMap(\.place)) ?? place)
    }
}

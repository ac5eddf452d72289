import CourseStore

/// Chunks of one document and section that follow each other.
struct PassageGroup {
    /// By ordinal.
    private(set) var chunks: [Chunk]
    private var best: RankedChunk
    private var similarity: Double?
    private var lexicalScore: Double?

    init(_ chunk: Chunk, _ ranked: RankedChunk) {
        chunks = [chunk]
        best = ranked
        similarity = ranked.similarity
        lexicalScore = ranked.lexicalScore
    }

    var documentID: String { chunks[0].documentID }

    /// Whether the two follow each other within one section, so that one citation is true of both.
    func isBeside(_ other: PassageGroup) -> Bool {
        guard documentID == other.documentID, chunks[0].section == other.chunks[0].section else { return false }
        return chunks[chunks.count - 1].ordinal + 1 == other.chunks[0].ordinal
            || other.chunks[other.chunks.count - 1].ordinal + 1 == chunks[0].ordinal
    }

    mutating func join(_ other: PassageGroup) {
        chunks = (chunks + other.chunks).sorted { $0.ordinal < $1.ordinal }
        if other.best.score > best.score { best = other.best }
        similarity = [similarity, other.similarity].compactMap(\.self).max()
        lexicalScore = [lexicalScore, other.lexicalScore].compactMap(\.self).max()
    }

    func passage(of document: Document) -> Passage {
        let pages = chunks.compactMap(\.pages)
        var range: ClosedRange<Int>?
        if let first = pages.map(\.lowerBound).min(), let last = pages.map(\.upperBound).max() { range = first...last }
        let joined = PassageText(chunks)
        return Passage(
            chunkIDs: chunks.map(\.id), documentID: document.id, documentTitle: document.title,
            documentPath: document.path, language: document.language, section: chunks[0].section, pages: range,
            text: joined.text, score: best.score, similarity: similarity, lexicalScore: lexicalScore,
            pageUnit: document.pageUnit, place: PlaceRange.joined(chunks.compactMap(\.place)),
            recognised: chunks.contains(where: \.recognised), locations: joined.locations, parts: best.parts)
    }
}

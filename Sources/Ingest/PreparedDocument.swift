import CourseStore

/// A document that has been read and cut, but not yet embedded.
struct PreparedDocument: Sendable {
    let document: NewDocument
    let chunks: [DocumentChunk]
    let emptyPages: [Int]
    let recognisedPages: [Int]
    /// Whether the course has an older version.
    let replacesOne: Bool
    /// Whether that is of the same content, taken in again because it was asked for.
    let replacesSame: Bool
    /// Wall time of the extraction, and of all the preparation.
    let extractionSeconds: Double
    let seconds: Double
    /// Of the extractor's process, in bytes; 0 when it is not known.
    let peakMemory: Int

    /// About the memory that its texts take.
    var byteCount: Int { chunks.reduce(0) { $0 + $1.text.utf8.count } }

    func report(seconds: Double, selfCheck: DocumentReport.SelfCheck) -> DocumentReport {
        DocumentReport(
            pages: document.pageCount, emptyPages: emptyPages, recognisedPages: recognisedPages,
            pageUnit: document.pageUnit, characters: document.characterCount, chunks: chunks.count,
            warnings: document.warnings, seconds: seconds, extractionSeconds: extractionSeconds,
            peakMemory: peakMemory, selfCheck: selfCheck)
    }
}

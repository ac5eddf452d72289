import Support

/// What was found in a document when it was taken into the course: the proof that it is in.
package struct DocumentReport: Codable, Sendable, Hashable {
    /// Sentences of the document that were searched for before it became visible, and how many were found.
    package struct SelfCheck: Codable, Sendable, Hashable {
        package let sentences: Int
        package let found: Int

        package init(sentences: Int, found: Int) {
            self.sentences = sentences
            self.found = found
        }
    }

    /// Pages in the file; nil for formats without pages.
    package let pages: Int?
    /// Pages on which text was found; nil for formats without pages.
    package let pagesRead: Int?
    /// Pages (from 1) without text.
    package let emptyPages: [Int]
    /// Pages (from 1) whose text was recognised from their picture.
    package let recognisedPages: [Int]
    package let pageUnit: PageUnit
    /// Characters of extracted text.
    package let characters: Int
    package let chunks: Int
    package let warnings: [String]
    /// From the first look at the file to the end of its check.
    package let seconds: Double
    /// Of these, in the extractor's process.
    package let extractionSeconds: Double
    /// The most memory of the extractor's process, in bytes; 0 when it is not known.
    package let peakMemory: Int
    package let selfCheck: SelfCheck

    package init(
        pages: Int?, emptyPages: [Int], recognisedPages: [Int], pageUnit: PageUnit, characters: Int, chunks: Int,
        warnings: [String], seconds: Double, extractionSeconds: Double, peakMemory: Int, selfCheck: SelfCheck
    ) {
        self.pages = pages
        pagesRead = pages.map { max(0, $0 - emptyPages.count) }
        self.emptyPages = emptyPages
        self.recognisedPages = recognisedPages
        self.pageUnit = pageUnit
        self.characters = characters
        self.chunks = chunks
        self.warnings = warnings
        self.seconds = seconds
        self.extractionSeconds = extractionSeconds
        self.peakMemory = peakMemory
        self.selfCheck = selfCheck
    }
}

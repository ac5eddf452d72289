/// How far an extraction has come.
package struct ExtractionProgress: Codable, Sendable, Equatable {
    package let pagesDone: Int
    package let pagesTotal: Int
    /// Pages whose text is to be recognised from their picture, as far as is known; each gives the extractor more time.
    package let pagesToRecognise: Int

    package init(pagesDone: Int, pagesTotal: Int, pagesToRecognise: Int = 0) {
        self.pagesDone = pagesDone
        self.pagesTotal = pagesTotal
        self.pagesToRecognise = pagesToRecognise
    }
}

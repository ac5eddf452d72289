import CourseStore

/// A document that is in the course, and how it came there.
package struct IngestedDocument: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case added
        case replaced
        /// The course had this very content under this name, or under a name that the file no longer has.
        case unchanged
        /// The course has this very content under another name; nothing was stored.
        case duplicate(of: Document)
    }

    /// As it is in the course now; of a duplicate, the one that was there.
    package let document: Document
    package let report: DocumentReport
    package let outcome: Outcome

    package init(document: Document, report: DocumentReport, outcome: Outcome) {
        self.document = document
        self.report = report
        self.outcome = outcome
    }
}

extension DocumentReport {
    /// What is known of a document that was taken in before there were reports.
    init(_ document: Document) {
        self.init(
            pages: document.pageCount, emptyPages: [], recognisedPages: [], pageUnit: document.pageUnit,
            characters: document.characterCount, chunks: document.chunkCount, warnings: document.warnings, seconds: 0,
            extractionSeconds: 0, peakMemory: 0, selfCheck: SelfCheck(sentences: 0, found: 0))
    }
}

import Ingest

/// How far a document has come; under this name also for rooms that do not know how documents are ingested.
package typealias DocumentStage = DocumentState

extension DocumentState {
    /// Nothing more will happen to it by itself.
    package var isOver: Bool { self == .ready || self == .failed }
}

/// The event `document_status` (contract, section 2): a job of a document has exactly one with a state that is over, its
/// last.
package struct DocumentStatus: Sendable, Equatable, Codable {
    private enum CodingKeys: String, CodingKey {
        case jobId, documentId, state, pagesDone, pagesTotal, chunks, label, reason
    }

    package let jobId: String
    package let documentId: String
    package let state: DocumentStage
    /// Once known.
    package var pagesDone: Int?
    package var pagesTotal: Int?
    package var chunks: Int?
    /// With `failed` only: the closed name of the reason, and the sentence for the teacher.
    package var label: String?
    package var reason: String?
    /// Whether the state is new. Mere progress within one state is not kept over a restart.
    package var isNews = true

    package init(
        jobId: String, documentId: String, state: DocumentStage, pagesDone: Int? = nil, pagesTotal: Int? = nil,
        chunks: Int? = nil, label: String? = nil, reason: String? = nil, isNews: Bool = true
    ) {
        self.jobId = jobId
        self.documentId = documentId
        self.state = state
        self.pagesDone = pagesDone
        self.pagesTotal = pagesTotal
        self.chunks = chunks
        self.label = label
        self.reason = reason
        self.isNews = isNews
    }
}

import Retrieval
import Support
import WebServer

extension ChatAPI {
    func installChunks(in router: inout MeasuredRouter) {
        router.on(.get, "/api/courses/{course}/documents/{id}/chunks", .staff, timed(chunks))
    }

    /// `GET /api/courses/{course}/documents/{id}/chunks`: what the course holds of a document, piece by piece in its order.
    func chunks(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let (id, course) = (parameter("id", request), try await knownCourse(request))
        let limit = try number("limit", in: 1...100, default: 20, request)
        let cursor = try cursor(request)
        guard let found = try await ports.documents.find(id, in: course), let document = found.stored,
            let retriever = try await look(into: course, { try await $0.retriever(for: course) })
        else { throw Problem.unknown("document") }
        let from = cursor.map { Int(clamping: $0.order) } ?? 0
        // One more than is shown tells whether there is more.
        let chunks = try await retriever.chunks(of: document.id, from: from, limit: limit + 1)
        let next = chunks.count > limit ? PageCursor(order: Int64(chunks[limit].ordinal)) : nil
        return .json(
            200,
            ChunksView(
                documentId: document.id, total: document.chunks, chunks: chunks.prefix(limit).map(ChunkView.init),
                nextCursor: next?.text))
    }
}

struct ChunksView: Encodable, Sendable {
    let documentId: String
    /// Of the whole document.
    let total: Int
    let chunks: [ChunkView]
    /// Absent on the last page.
    let nextCursor: String?
}

/// A chunk as staff see it.
struct ChunkView: Encodable, Sendable {
    /// The position within the document, from 1.
    let number: Int
    let text: String
    /// What the embedding model reads of it, in its own word pieces.
    let tokens: Int
    let page: Int?
    let lastPage: Int?
    let section: String?
    /// Cells, times or lines, for formats that have such.
    let place: String?
    /// True when some of the text was recognised from a picture; absent else.
    let ocr: Bool?

    init(_ chunk: DocumentChunk) {
        (number, text, tokens) = (chunk.ordinal + 1, chunk.text, chunk.tokenCount)
        (page, lastPage) = (chunk.pages?.lowerBound, chunk.pages?.upperBound)
        section = chunk.section.isEmpty ? nil : chunk.section.joined(separator: " › ")
        place = chunk.place
        ocr = chunk.recognised ? true : nil
    }
}

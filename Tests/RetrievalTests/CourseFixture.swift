import CourseStore
import Foundation
import Support

@testable import Retrieval

/// A course in a folder of its own.
final class CourseFixture: Sendable {
    let folder: String
    let embedder = WordEmbedder()
    let file: CourseFile

    init() throws {
        folder = NSTemporaryDirectory() + "gepeto-retrieval-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        file = try CourseFile(path: folder + "/course.sqlite", course: CourseID("teste"), space: embedder.space)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func retriever(_ fusion: Fusion = .standard, reranker: Reranker? = .standard) -> Retriever {
        Retriever(course: file, embedder: embedder, fusion: fusion, reranker: reranker)
    }

    /// Stores a document whose text is `pieces`, one chunk each, every chunk beginning with the last `overlap`
    /// characters of the one before.
    @discardableResult
    func add(
        _ path: String, _ pieces: [String], sections: [[String]]? = nil, overlap: Int = 0, places: [String]? = nil,
        recognised: Set<Int> = []
    ) async throws -> Document {
        var chunks: [NewChunk] = []
        var end = 0
        for (index, piece) in pieces.enumerated() {
            let shared = index == 0 ? "" : String(pieces[index - 1].suffix(overlap))
            let start = end - shared.utf8.count
            end += piece.utf8.count
            chunks.append(
                NewChunk(
                    text: shared + piece, section: sections?[index] ?? [], pages: (index + 1)...(index + 1),
                    offset: start..<end, tokenCount: 10, place: places?[index],
                    recognised: recognised.contains(index)))
        }
        let document = NewDocument(
            path: path, title: "", contentHash: SHA256.hex(path.utf8), byteCount: end, mediaType: "text/plain",
            language: "pt", pageCount: pieces.count, characterCount: end, warnings: [],
            pageUnit: .slide)
        return try await file.replace(document, chunks: chunks, vectors: embedder.embed(chunks.map(\.text)))
    }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        return folder + "/" + name
    }
}

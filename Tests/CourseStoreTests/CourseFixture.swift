import CourseStore
import Foundation
import SQLite
import Support
import TestSupport

/// A course file in a folder of its own, with made-up documents of random unit vectors.
final class CourseFixture: Sendable {
    static let dimension = 12
    static let space = EmbeddingSpace(name: "test", revision: "0", dimension: dimension, pooling: "mean")
    let folder: String
    var path: String { folder + "/course.sqlite" }

    init() throws {
        folder = NSTemporaryDirectory() + "gepeto-course-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(
        course: String = "algoritmos", space: EmbeddingSpace = CourseFixture.space, vectorMemory: Int = 1 << 20,
        cachedFrom: Int = 100_000, listedFrom: Int = .max, sharedMemory: VectorMemory = VectorMemory(bytes: 512 << 20)
    ) throws -> CourseFile {
        try CourseFile(
            path: path, course: try CourseID(course), space: space, vectorMemory: vectorMemory,
            sharedMemory: sharedMemory, cachedFrom: cachedFrom, listedFrom: listedFrom)
    }

    /// A space of vectors that codes tell apart well.
    static func space(_ dimension: Int) -> EmbeddingSpace {
        EmbeddingSpace(name: "test", revision: "0", dimension: dimension, pooling: "mean")
    }

    static func document(_ path: String, title: String = "A title") -> NewDocument {
        NewDocument(
            path: path, title: title, contentHash: SHA256.hex(path.utf8), byteCount: 10, mediaType: "text/markdown",
            language: "pt", pageCount: nil, characterCount: 9, warnings: ["page 2 has no text", "\"quoted\" é"])
    }

    static func chunk(_ text: String, section: [String] = [], pages: ClosedRange<Int>? = nil) -> NewChunk {
        NewChunk(text: text, section: section, pages: pages, offset: 0..<text.utf8.count, tokenCount: 3)
    }
}

extension SeededNumbers {
    mutating func unitVector(_ dimension: Int = CourseFixture.dimension) -> [Float] {
        let vector = (0..<dimension).map { _ in Float.random(in: -1...1, using: &self) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

import CourseStore
import Embedding
import FoundationEssentials
import Support
import TestSupport

@testable import Extraction
@testable import Ingest

/// A course and a folder of documents, both of one test.
struct Bench {
    let folder: TemporaryFolder
    let course: CourseFile
    let embedder: any Embedder

    init(embedder: (any Embedder)? = nil) throws {
        folder = try TemporaryFolder()
        self.embedder = try embedder ?? Model.embedder()
        course = try CourseFile(
            path: folder.path + "/course.sqlite", course: CourseID("teste"), space: self.embedder.space)
    }

    var documents: String { folder.path + "/docs" }
    var originals: String { folder.path + "/originals" }

    var documentPaths: [String] {
        get async throws { try await course.documents().map(\.path) }
    }

    func write(_ name: String, _ text: String) throws { try folder.write("docs/" + name, text) }

    func copy(_ fixture: String, to name: String? = nil) throws {
        let bytes = try Data(contentsOf: URL(filePath: Fixture.document(fixture)))
        try folder.write("docs/" + (name ?? fixture), Array(bytes))
    }

    func ingester(
        extraction: any DocumentExtraction = InProcessExtraction(), options: Ingester.Options = .init()
    ) -> Ingester {
        Ingester(
            course: course, embedder: embedder, extraction: extraction, originals: originals, options: options,
            log: .silent)
    }

    func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: documents + "/" + name, toPath: documents + "/" + other)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: documents + "/" + name) }

    @discardableResult
    func run(_ options: Ingester.Options = .init()) async throws -> IngestReport {
        try await ingester(options: options).ingest(paths: [documents])
    }
}

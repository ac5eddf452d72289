import ChatAdapters
import Extraction
import FoundationEssentials
import Ingest
import Support
import TestSupport
import Testing

@testable import Commands

/// The server's first look at the originals: with real courses and a real store.
@Suite struct OriginalTidyingTests {
    private let scratch: TestSupport.TemporaryFolder
    private let later = SystemTime().now + .seconds(90_000)

    init() throws { scratch = try TestSupport.TemporaryFolder() }

    private var kept: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.file("originals")).sorted() }
    }

    @Test func onlyWhatNoCourseNeedsGoes() async throws {
        let folder = CourseFolder(data: scratch.path, embedder: HashEmbedder())
        let course = try CourseID("fisica")
        let file = try #require(try await folder.madeFile(for: course))
        let document = try scratch.write("aula.md", "# Filas\n\nUma fila atende primeiro quem chegou primeiro.")
        let ingester = Ingester(
            course: file, embedder: HashEmbedder(), extraction: InThisProcess(),
            originals: scratch.file("originals"), log: .silent)
        let hash = try await ingester.ingest(file: document, as: "aula.md").document.contentHash
        let unused = SHA256.hex("nobody's".utf8)
        for name in [unused, ".link-1.csv"] { try scratch.write("originals/" + name, "x") }
        let tidying = OriginalTidying(
            originals: OriginalStore(folder: scratch.file("originals")), courses: folder,
            uploads: try SQLiteChatStore(path: scratch.file("gepeto.sqlite")), log: .silent)
        await tidying.run()
        #expect(try kept == [hash, unused].sorted(), "what has just come may be on its way into a course")

        try scratch.write("courses/broken.sqlite", "no database")
        await tidying.run(now: later)
        #expect(try kept == [hash, unused].sorted(), "the course that cannot be opened may need it")
        try FileManager.default.removeItem(atPath: scratch.file("courses/broken.sqlite"))
        await tidying.run(now: later)
        #expect(try kept == [hash])
    }
}

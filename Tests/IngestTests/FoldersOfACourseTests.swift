import CourseStore
import Embedding
import FoundationEssentials
import Glibc
import Support
import TestSupport
import Testing

@testable import Ingest

/// Several folders in one course: none takes another's documents away, whether it can be read or not.
@Suite struct FoldersOfACourseTests {
    private let folder: TemporaryFolder
    private let course: CourseFile
    private let embedder: any Embedder

    init() throws {
        folder = try TemporaryFolder()
        embedder = try Model.embedder()
        course = try CourseFile(
            path: folder.path + "/course.sqlite", course: CourseID("teste"), space: embedder.space)
    }

    @discardableResult
    private func run(_ names: String..., removing: Bool = false) async throws -> IngestReport {
        var options = Ingester.Options()
        options.removesVanished = removing
        let ingester = Ingester(
            course: course, embedder: embedder, extraction: InProcessExtraction(), options: options, log: .silent)
        return try await ingester.ingest(paths: names.map { folder.path + "/" + $0 })
    }

    private func write(_ name: String, _ topic: String) throws {
        try folder.write(name, "# \(topic)\n\nEste texto fala sobre \(topic) e nada mais.")
    }

    private var paths: [String] {
        get async throws { try await course.documents().map(\.path) }
    }

    private func move(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: folder.path + "/" + name, toPath: folder.path + "/" + other)
    }

    private func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path + "/" + name) }

    @Test func anotherFolderReplacesAndRemovesNothing() async throws {
        try write("A/intro.md", "grafos")
        try write("A/more.md", "pilhas")
        try write("B/intro.md", "filas")
        try await run("A")
        let second = try await run("B", removing: true)
        #expect(second.files.map(\.path) == ["B/intro.md"] && second.files.map(\.outcome) == [.added])
        #expect(second.vanished.isEmpty && second.removed.isEmpty)
        #expect(try await paths == ["B/intro.md", "intro.md", "more.md"])

        try write("B/intro.md", "listas")
        #expect(try await run("B").files.map(\.outcome) == [.replaced])
        #expect(try await run("B", "A").files.map(\.path) == ["B/intro.md", "intro.md", "more.md"])
        try remove("A/intro.md")
        #expect(try await run("A", removing: true).removed == ["intro.md"])
        #expect(try await run("B").files.map(\.path) == ["B/intro.md"], "a document keeps its name")
        #expect(try await paths == ["B/intro.md", "more.md"])
    }

    @Test func aThirdOfTheSameNameFails() async throws {
        for name in ["A", "B", "other/B"] {
            try write(name + "/intro.md", name)
            let report = try await run(name)
            #expect(report.files.map(\.reasonLabel) == [name == "other/B" ? "ingest_same_name" : nil])
        }
        #expect(try await paths == ["B/intro.md", "intro.md"])
    }

    @Test func aMovedFolderIsUpdatedInPlace() async throws {
        for name in ["a", "b", "c", "d"] { try write("old/\(name).md", name) }
        try await run("old")
        try move("old", to: "new")
        try write("new/b.md", "outra coisa")
        try remove("new/c.md")
        let report = try await run("new", removing: true)
        #expect(report.files.map(\.outcome) == [.unchanged, .replaced, .unchanged])
        #expect(report.removed == ["c.md"])
        #expect(try await paths == ["a.md", "b.md", "d.md"])
        let roots = Set(try await course.documents().map(\.root))
        #expect(roots == [CanonicalPath.of(folder.path + "/new")])
    }

    @Test func documentsOfOlderFilesBelongToAnyFolder() async throws {
        try write("A/a.md", "grafos")
        try write("A/b.md", "filas")
        try await run("A")
        for document in try await course.documents() { try await course.setRoot("", documentID: document.id) }
        try remove("A/b.md")
        let report = try await run("A", removing: true)
        #expect(report.files.map(\.outcome) == [.unchanged] && report.removed == ["b.md"])
        #expect(try await course.documents().map(\.root) == [CanonicalPath.of(folder.path + "/A")])
    }

    @Test(arguments: [true, false])
    func whatCannotBeSeenIsKept(_ rootIsKnown: Bool) async throws {
        try write("A/a.md", "grafos")
        try write("A/gone.md", "listas")
        try write("A/sub/s.md", "filas")
        try await run("A")
        if !rootIsKnown {
            for document in try await course.documents() { try await course.setRoot("", documentID: document.id) }
        }
        try move("A/sub", to: "elsewhere")
        try remove("A/gone.md")
        try #require(symlink("sub", folder.path + "/A/sub") == 0)
        let report = try await run("A", removing: true)
        #expect(report.files.map(\.path) == ["sub", "a.md"])
        #expect(report.files.map(\.outcome) == [.failed, .unchanged])
        #expect(report.removed == ["gone.md"] && report.unseen == ["sub/s.md"])
        #expect(try await paths == ["a.md", "sub/s.md"])
    }

    @Test(arguments: [true, false])
    func anUnreadableRootTakesNothingOut(_ rootIsKnown: Bool) async throws {
        try write("A/a.md", "grafos")
        try write("B/b.md", "filas")
        try await run("A")
        if !rootIsKnown {
            for document in try await course.documents() { try await course.setRoot("", documentID: document.id) }
        }
        try move("A", to: "elsewhere")
        try #require(symlink("A", folder.path + "/A") == 0)
        let report = try await run("A", "B", removing: true)
        #expect(report.files.map(\.outcome) == [.failed, .added])
        #expect(report.vanished.isEmpty && report.removed.isEmpty && report.unseen == ["a.md"])
        #expect(try await paths == ["a.md", "b.md"])
    }
}

import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Ingest

/// Which files a run is about, and under which names.
@Suite struct FileWalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func walk(_ names: String...) throws -> FileWalk {
        try FileWalk(paths: names.map { $0.isEmpty ? folder.path : folder.path + "/" + $0 })
    }

    @Test func filesComeSortedWithRelativeNames() throws {
        for name in ["b.md", "a/z.md", "a/b/c.md", "c.md", ".git/config", "a/.DS_Store", "~$x.docx", "a/Thumbs.db"] {
            try folder.write(name, "x")
        }
        let walk = try walk("")
        #expect(walk.files.map(\.name) == ["b.md", "c.md", "a/z.md", "a/b/c.md"])
        #expect(walk.files[3].path == folder.path + "/a/b/c.md")
        #expect(walk.failures.isEmpty)
    }

    @Test func aFileIsNamedByItsLastPart() throws {
        try folder.write("a/b/c.md", "x")
        let walk = try walk("a/b/c.md", "a/b/c.md")
        #expect(walk.files.map(\.name) == ["c.md"])
    }

    @Test func linksInACircleEnd() throws {
        try folder.write("a/x.md", "x")
        symlink("..", folder.path + "/a/up")
        symlink("/nowhere", folder.path + "/a/broken.md")
        symlink("x.md", folder.path + "/a/link.md")
        let walk = try walk("")
        #expect(walk.files.map(\.name) == ["a/link.md", "a/x.md"])
        #expect(walk.failures.map(\.name) == ["a/broken.md"])
    }

    @Test func pipesAreReportedNotOpened() throws {
        try #require(mkfifo(folder.path + "/pipe.md", 0o600) == 0)
        let walk = try walk("")
        #expect(walk.files.isEmpty)
        #expect(walk.failures.map(\.error) == [.unreadable("it is not a regular file")])
    }

    @Test func theSameNameInTwoFoldersGetsTheFoldersName() throws {
        for name in ["one/x.md", "two/x.md", "three/two/x.md"] { try folder.write(name, "x") }
        let walk = try walk("one", "two", "three/two")
        let names = DocumentNames(walk.files, documents: [])
        #expect(names.files.map(\.name) == ["x.md", "two/x.md"])
        #expect(names.failures.map(\.error.code) == [.sameName])
    }

    @Test func deepFoldersEnd() throws {
        let deep = (0..<70).map { "d\($0)" }.joined(separator: "/")
        try folder.write(deep + "/x.md", "x")
        let walk = try walk("")
        #expect(walk.files.isEmpty && walk.failures.count == 1)
    }

    @Test(arguments: [
        ("aulas/03-lista_de_exercicios.pdf", "03 lista de exercicios"), ("README", "README"), ("a/.x", ".x"),
        ("_.md", "_.md"),
    ])
    func titlesFromNames(_ name: String, _ title: String) {
        #expect(DocumentPreparation.title(fromName: name) == title)
    }
}

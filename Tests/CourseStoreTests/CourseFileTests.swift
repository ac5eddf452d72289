import Foundation
import SQLite
import Support
import TestSupport
import Testing

@testable import CourseStore

@Suite struct CourseFileTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    @Test func aDocumentComesBackAsItWent() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(1)
        let chunks = [
            NewChunk(
                text: "Recursão é 👩‍🏫 \u{0} \"isto\".", section: ["Aula 1", "O que é > recursão"], pages: 3...4,
                offset: 7..<90, tokenCount: 11),
            CourseFixture.chunk("Second."),
        ]
        let new = CourseFixture.document("aulas/recursao.md", title: "Recursão")
        let stored = try await file.replace(
            new, chunks: chunks, vectors: numbers.unitVector() + numbers.unitVector())

        #expect(RandomIdentifier.isWellFormed(stored.id))
        #expect(stored.chunkCount == 2 && stored.warnings == new.warnings && stored.title == "Recursão")
        #expect(try await file.document(id: stored.id) == stored)
        #expect(try await file.document(path: "aulas/recursao.md") == stored)
        #expect(try await file.documents() == [stored])
        #expect(try await file.document(id: "none") == nil)
        let counts = try await file.counts()
        #expect(counts.documents == 1 && counts.chunks == 2)

        let back = try await file.chunks(documentID: stored.id, ordinals: 0...9)
        #expect(back.map(\.ordinal) == [0, 1])
        #expect(back[0].text == chunks[0].text && back[0].section == chunks[0].section)
        #expect(back[0].pages == 3...4 && back[0].offset == 7..<90 && back[0].tokenCount == 11)
        #expect(back[1].pages == nil && back[1].section.isEmpty)
        let asked = [back[1].id, 999, back[0].id]
        #expect(try await file.chunks(ids: asked).map(\.id) == [back[1].id, back[0].id])
        try await IndexCheck.check(file)
    }

    @Test func countsFollowTheChangesOfAnotherProcess() async throws {
        let (reader, writer) = (try fixture.open(), try fixture.open())
        var numbers = SeededNumbers(3)
        for count in 1...3 {
            try await writer.replace(
                CourseFixture.document("\(count).md", title: "T"), chunks: [CourseFixture.chunk("text")],
                vectors: numbers.unitVector())
            for _ in 0..<2 {
                let counts = try await reader.counts()
                #expect(counts.documents == count && counts.chunks == count)
            }
        }
    }

    /// Once a document is in, the row of its upload is deleted: a power cut must not take what nobody brings back.
    @Test func everyCommitWaitsForTheDisk() async throws {
        let file = try fixture.open()
        let synchronous = try await file.pool.write { try $0.row("PRAGMA synchronous", [], { $0.int(0) }) }
        #expect(synchronous == 2, "FULL: https://www.sqlite.org/pragma.html#pragma_synchronous")
    }

    @Test func aNewVersionTakesThePlaceOfTheOld() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(2)
        let first = try await file.replace(
            CourseFixture.document("a.md", title: "Árvores"), chunks: [CourseFixture.chunk("quicksort heapsort")],
            vectors: numbers.unitVector())
        let old = try await file.chunks(documentID: first.id, ordinals: 0...0)
        let vector = numbers.unitVector()
        let second = try await file.replace(
            CourseFixture.document("a.md", title: "Grafos"), chunks: [CourseFixture.chunk("dijkstra")], vectors: vector)

        #expect(second.id == first.id)
        #expect(try await file.counts().chunks == 1)
        #expect(try await file.lexicalSearch("quicksort", limit: 5).isEmpty)
        #expect(try await file.lexicalSearch("árvores", limit: 5).isEmpty)
        let found = try await file.lexicalSearch("Dijkstra", limit: 5)
        #expect(found.count == 1)
        #expect(try await file.lexicalSearch("grafos", limit: 5).map(\.id) == found.map(\.id))
        #expect(try await file.vectorSearch(vector, limit: 5).map(\.id) == found.map(\.id))
        #expect(found[0].id != old[0].id, "an id is never given twice")
        try await IndexCheck.check(file)
    }

    @Test func whatDoesNotVerifyLeavesTheFormerVersion() async throws {
        struct Bad: Error {}
        let file = try fixture.open()
        var numbers = SeededNumbers(12)
        let vector = numbers.unitVector()
        let first = try await file.replace(
            CourseFixture.document("a.md"), chunks: [CourseFixture.chunk("quicksort")], vectors: vector)
        let former = try await file.vectorSearch(vector, limit: 5)

        let other = numbers.unitVector()
        await #expect(throws: Bad.self) {
            try await file.replace(
                CourseFixture.document("a.md", title: "Grafos"), chunks: [CourseFixture.chunk("dijkstra")],
                vectors: other
            ) { written in
                let chunk = try #require(try written.chunk(0))
                #expect(try written.document()?.title == "Grafos" && chunk.text == "dijkstra")
                #expect(abs((try written.similarity(other, chunkID: chunk.id) ?? 0) - 1) < 1e-5)
                #expect(try written.similarity(Array(other.dropLast()), chunkID: chunk.id) == nil)
                #expect(try written.isFound("what is Dijkstra's?", inChunk: 0))
                #expect(try !written.isFound("quicksort", inChunk: 0))
                #expect(try written.chunk(1) == nil)
                throw Bad()
            }
        }
        #expect(try await file.documents() == [first])
        #expect(try await file.vectorSearch(vector, limit: 5) == former)
        #expect(try await file.lexicalSearch("quicksort", limit: 5).map(\.id) == former.map(\.id))
        #expect(try await file.lexicalSearch("dijkstra", limit: 5).isEmpty)
        try await IndexCheck.check(file)
    }

    @Test func removingLeavesNothing() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(3)
        let kept = try await file.replace(
            CourseFixture.document("kept.md"), chunks: [CourseFixture.chunk("um texto")], vectors: numbers.unitVector())
        let gone = try await file.replace(
            CourseFixture.document("gone.md"), chunks: [CourseFixture.chunk("outro texto")],
            vectors: numbers.unitVector())
        #expect(try await file.remove(documentID: gone.id))
        #expect(try await file.remove(documentID: gone.id) == false)
        #expect(try await file.documents() == [kept])
        #expect(try await file.lexicalSearch("texto", limit: 5).count == 1)
        #expect(try await file.vectorSearch(numbers.unitVector(), limit: 5).count == 1)
        let rows = try await file.pool.read { try $0.row("SELECT count(*) FROM vector", [], { $0.int(0) }) }
        #expect(rows == 1)
        try await IndexCheck.check(file)
    }

    @Test func aFullDiskKeepsTheOldVersionWhole() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(4)
        let old = try await file.replace(
            CourseFixture.document("a.md"), chunks: [CourseFixture.chunk("versão antiga")],
            vectors: numbers.unitVector())
        try await file.pool.write { connection in
            let pages = try connection.row("PRAGMA page_count", [], { $0.int(0) }) ?? 0
            try connection.execute("PRAGMA max_page_count = \(pages + 3)")
        }
        let many = (0..<500).map { CourseFixture.chunk(String(repeating: "palavra\($0) ", count: 100)) }
        let vectors = many.flatMap { _ in numbers.unitVector() }
        let error = await #expect(throws: SQLiteError.self) {
            try await file.replace(CourseFixture.document("a.md"), chunks: many, vectors: vectors)
        }
        #expect(error?.kind == .full)
        #expect(try await file.documents() == [old])
        #expect(try await file.lexicalSearch("antiga", limit: 5).count == 1)
        #expect(try await file.lexicalSearch("palavra7", limit: 5).isEmpty)
    }

    @Test func readersSeeTheOldVersionUntilTheNewOneIsWhole() async throws {
        let file = try fixture.open()
        let versions = 30
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var numbers = SeededNumbers(5)
                for version in 1...versions {
                    let chunks = (0..<version).map { CourseFixture.chunk("versão \(version) parte \($0)") }
                    try await file.replace(
                        CourseFixture.document("a.md"), chunks: chunks,
                        vectors: chunks.flatMap { _ in numbers.unitVector() })
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    var numbers = SeededNumbers(6)
                    for _ in 0..<40 {
                        guard let document = try await file.documents().first else { continue }
                        let chunks = try await file.chunks(documentID: document.id, ordinals: 0...versions)
                        #expect(
                            chunks.last.map { $0.text == "versão \(chunks.count) parte \(chunks.count - 1)" } ?? true)
                        // As many vectors as the version of the moment has chunks, never a mixture.
                        let found = try await file.vectorSearch(numbers.unitVector(), limit: 1000)
                        #expect((1...versions).contains(found.count))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await file.vectorSearch(SeededNumbers.fixed, limit: 1000).count == versions)
    }

    @Test func aFileOfAnotherModelIsRefusedWithBothNames() async throws {
        try await fixture.open().close()
        let other = EmbeddingSpace(name: "e5-small", revision: "9", dimension: 12, pooling: "mean")
        let error = #expect(throws: CourseStoreError.self) { try fixture.open(space: other) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("test (revision 0") && sentence.contains("e5-small (revision 9"))
        #expect(sentence.contains("GEPETO_MODEL_DIR") && error?.label == "course_other_model")
    }

    @Test func anotherSQLiteFileIsNoCourse() async throws {
        let pool = try ConnectionPool(path: fixture.path, migrations: [Migration(1, "CREATE TABLE x (y)")])
        await pool.close()
        let error = #expect(throws: SQLiteError.self) { try fixture.open() }
        #expect(error?.kind == .foreignFile)
    }

    @Test func vectorsOfAnotherShapeAreRefused() async throws {
        let file = try fixture.open()
        let document = CourseFixture.document("a.md")
        let chunk = CourseFixture.chunk("texto")
        await #expect(throws: CourseStoreError.wrongVectorCount(expected: 12, found: 11)) {
            try await file.replace(document, chunks: [chunk], vectors: Array(repeating: 0, count: 11))
        }
        await #expect(throws: CourseStoreError.vectorNotFinite) {
            try await file.replace(document, chunks: [chunk], vectors: Array(repeating: .nan, count: 12))
        }
        await #expect(throws: CourseStoreError.wrongVectorCount(expected: 12, found: 3)) {
            try await file.vectorSearch([1, 0, 0], limit: 3)
        }
        #expect(try await file.documents().isEmpty)
    }

    @Test func documentIDsDependOnCourseAndPath() async throws {
        let other = try CourseFixture()
        let first = try await fixture.open().replace(CourseFixture.document("a.md"), chunks: [], vectors: [])
        let same = try await other.open().replace(CourseFixture.document("a.md"), chunks: [], vectors: [])
        let third = try CourseFixture()
        let foreign = try await third.open(course: "calculo")
            .replace(CourseFixture.document("a.md"), chunks: [], vectors: [])
        #expect(first.id == same.id && first.id != foreign.id)
    }

    @Test func documentsOfAnOlderFileHaveNoRoot() async throws {
        let fixture = try CourseFixture()
        let older = try ConnectionPool(
            path: fixture.path, migrations: Array(CourseSchema.migrations.prefix(1)),
            applicationID: CourseSchema.applicationID, pageSize: CourseSchema.pageSize)
        try await older.write { connection in
            try connection.run("INSERT INTO document VALUES (1, 'i', 'a.md', 'A', 'h', 1, 't', 'pt', 1, 0, 1, '[]', 0)")
        }
        await older.close()
        let course = try fixture.open()
        #expect(try await course.documents().map(\.root) == [""])
        try await course.setRoot("/notes", documentID: "i")
        #expect(try await course.document(path: "a.md")?.root == "/notes")
        #expect(try await course.report(documentID: "i") == nil)
        #expect(try await course.document(contentHash: "h")?.pageUnit == .page)
    }

    @Test func reportAndPlacesComeBackAsTheyWent() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(21)
        let report = DocumentReport(
            pages: 12, emptyPages: [2, 3], recognisedPages: [7], pageUnit: .slide, characters: 900, chunks: 2,
            warnings: ["\"é\""], seconds: 1.5, extractionSeconds: 0.25, peakMemory: 1 << 31,
            selfCheck: .init(sentences: 3, found: 3))
        let locations = [
            TextLocation(offset: 0, page: 7, recognised: true, place: "Notas!A1:B1"),
            TextLocation(offset: 1, page: nil),
        ]
        let stored = try await file.replace(
            NewDocument(
                path: "a.pptx", title: "A", contentHash: "h", byteCount: 1, mediaType: "t", language: "pt",
                pageCount: 12, characterCount: 900, warnings: [], pageUnit: .slide),
            chunks: [
                NewChunk(
                    text: "um", section: [], pages: 7...7, offset: 0..<2, tokenCount: 1, place: "A1:B2",
                    recognised: true, locations: locations),
                NewChunk(text: "dois", section: [], pages: 8...8, offset: 3..<7, tokenCount: 1),
            ], vectors: numbers.unitVector() + numbers.unitVector()
        ) { try $0.keep(report) }
        #expect(report.pagesRead == 10)
        #expect(try await file.report(documentID: stored.id) == report)
        #expect(try await file.report(documentID: "none") == nil)
        #expect(try await file.document(contentHash: "h") == stored && stored.pageUnit == .slide)
        let chunks = try await file.chunks(documentID: stored.id, ordinals: 0...9)
        #expect(chunks.map(\.locations) == [locations, [TextLocation(offset: 0, page: 8)]])
        #expect(chunks.map(\.place) == ["A1:B2", nil] && chunks.map(\.recognised) == [true, false])
    }

    @Test func aRenamedDocumentKeepsAllButItsName() async throws {
        let file = try fixture.open()
        var numbers = SeededNumbers(22)
        func add(_ path: String, _ title: String) async throws -> Document {
            try await file.replace(
                CourseFixture.document(path, title: title), chunks: [CourseFixture.chunk("texto")],
                vectors: numbers.unitVector())
        }
        let first = try await add("a.md", "Árvores")
        let other = try await add("b.md", "Grafos")
        let chunk = try await file.chunks(documentID: first.id, ordinals: 0...0)[0]
        let renamed = try await file.rename(documentID: first.id, path: "b.md", title: "Pilhas", root: "/r")
        #expect(renamed?.id == first.id && renamed?.path == "b.md" && renamed?.root == "/r")
        #expect(try await file.documents() == [renamed])
        #expect(try await file.document(id: other.id) == nil)
        #expect(try await file.lexicalSearch("pilhas", limit: 5).map(\.id) == [chunk.id])
        #expect(try await file.lexicalSearch("árvores grafos", limit: 5).isEmpty)
        #expect(try await file.vectorSearch(SeededNumbers.fixed, limit: 5).map(\.id) == [chunk.id])
        try await IndexCheck.check(file)

        let next = try await add("a.md", "Filas")
        #expect(next.id != first.id, "the id went along with the renamed document")
        #expect(try await add("a.md", "Listas").id == next.id)
        #expect(try await file.rename(documentID: "none", path: "a.md", title: "", root: "") == nil)
        #expect(try await file.counts().documents == 2)
        try await IndexCheck.check(file)
    }
}

extension SeededNumbers {
    static var fixed: [Float] {
        var numbers = SeededNumbers(0)
        return numbers.unitVector()
    }
}

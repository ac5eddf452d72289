import Extraction
import FoundationEssentials
import Support
import TestSupport
import Testing

@testable import CourseStore
@testable import Ingest

/// What is there already is recognised, whatever it is called; what is replaced is replaced at once.
@Suite struct IncrementalTests {
    private static let graphs = "# Grafos\n\nUm grafo tem vértices e arestas entre eles.\n"
    private static let queues = "# Filas\n\nUma fila atende primeiro quem chegou primeiro.\n"

    /// What SQLite counts up with every change that another connection commits.
    private func dataVersion(of course: CourseFile) async throws -> Int? {
        try await course.pool.write { try $0.row("PRAGMA data_version", [], { $0.int(0) }) }
    }

    @Test func aFolderTakenInTwiceDoesNothingTheSecondTime() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.graphs)
        try bench.write("copy of a.md", Self.graphs)
        try bench.write("deep/b.md", Self.queues)
        try await bench.run()
        let observer = try CourseFile(
            path: bench.folder.path + "/course.sqlite", course: CourseID("teste"), space: bench.embedder.space)
        let before = try await (bench.course.documents(), dataVersion(of: observer))
        let second = try await bench.run()
        #expect(second.files.map(\.outcome) == [.unchanged, .duplicate, .unchanged] && second.chunks == 0)
        let after = try await (bench.course.documents(), dataVersion(of: observer))
        #expect(after == before)
        #expect(second.files[0].document == (try await bench.course.report(documentID: before.0[0].id)))
    }

    @Test func theSameContentIsStoredOnce() async throws {
        let bench = try Bench()
        for name in ["a.md", "b.md", "c.md", "d.md"] { try bench.write(name, Self.graphs) }
        let report = try await bench.run()
        #expect(report.files.map(\.outcome) == [.added, .duplicate, .duplicate, .duplicate])
        #expect(report.files.map(\.sameAs) == [nil, "a.md", "a.md", "a.md"])
        #expect(try await bench.documentPaths == ["a.md"])

        try bench.remove("a.md")
        let second = try await bench.run()
        #expect(second.files.map(\.outcome) == [.renamed, .duplicate, .duplicate])
        #expect(try await bench.documentPaths == ["b.md"] && second.vanished.isEmpty)
    }

    @Test func aFileThatBecomesACopyOfAnotherLosesItsOldContent() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.graphs)
        try bench.write("b.md", Self.queues)
        try await bench.run()
        try bench.write("b.md", Self.graphs)
        #expect(try await bench.run().files.map(\.outcome) == [.unchanged, .duplicate])
        #expect(try await bench.documentPaths == ["a.md"])
        #expect(try await bench.course.lexicalSearch("fila", limit: 5).isEmpty)
    }

    @Test func aRenamedFileKeepsItsDocument() async throws {
        let bench = try Bench()
        try bench.write("aula_1.txt", "Um grafo tem vértices e arestas entre eles.")
        try bench.write("b.md", Self.queues)
        try await bench.run()
        let old = try #require(try await bench.course.document(path: "aula_1.txt"))
        let chunks = try await bench.course.chunks(documentID: old.id, ordinals: 0...9)
        let report = try await bench.course.report(documentID: old.id)
        try FileManager.default.createDirectory(atPath: bench.documents + "/x", withIntermediateDirectories: true)
        try bench.move("aula_1.txt", to: "x/lição.txt")

        let second = try await bench.run()
        #expect(second.files.map(\.outcome) == [.unchanged, .renamed])
        #expect(second.files[1].path == "x/lição.txt" && second.files[1].sameAs == "aula_1.txt")
        #expect(second.vanished.isEmpty)
        let new = try #require(try await bench.course.document(path: "x/lição.txt"))
        #expect(new.id == old.id && new.title == "lição" && old.title == "aula 1")
        #expect(try await bench.course.chunks(documentID: new.id, ordinals: 0...9) == chunks)
        #expect(try await bench.course.report(documentID: new.id) == report)
        #expect(try await bench.course.lexicalSearch("lição", limit: 5).map(\.id) == chunks.map(\.id))
        #expect(try await bench.course.lexicalSearch("aula", limit: 5).isEmpty)

        try bench.write("aula_1.txt", "Uma pilha guarda valores, o último entra e sai primeiro.")
        #expect(try await bench.run().count(.added) == 1)
        let documents = try await bench.course.documents()
        #expect(documents.count == 3 && Set(documents.map(\.id)).count == 3)
        try bench.write("aula_1.txt", "Uma pilha guarda valores; sai primeiro o último que entrou.")
        #expect(try await bench.run().count(.replaced) == 1)
        #expect(Set(try await bench.course.documents().map(\.id)) == Set(documents.map(\.id)))
    }

    @Test func aFileMovedOntoAnotherTakesItsPlace() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.graphs)
        try bench.write("b.md", Self.queues)
        try await bench.run()
        let id = try await bench.course.document(path: "a.md")?.id
        try bench.remove("b.md")
        try bench.move("a.md", to: "b.md")
        #expect(try await bench.run().files.map(\.outcome) == [.renamed])
        #expect(try await bench.documentPaths == ["b.md"])
        #expect(try await bench.course.document(path: "b.md")?.id == id)
        #expect(try await bench.course.lexicalSearch("fila", limit: 5).isEmpty)
    }

    /// Each file holds what another held before: none is a copy of a file that holds it no more.
    @Test func filesThatChangePlacesAllStay() async throws {
        let bench = try Bench()
        let stacks = "# Pilhas\n\nUma pilha guarda valores, o último entra e sai primeiro.\n"
        let texts = [Self.graphs, Self.queues, stacks]
        for shift in 0..<3 {
            for number in 0..<3 { try bench.write("\(number).md", texts[(number + shift) % 3]) }
            let report = try await bench.run()
            #expect(report.files.map(\.outcome) == Array(repeating: shift == 0 ? .added : .replaced, count: 3))
            let hashes = try await bench.course.documents().map(\.contentHash)
            #expect(hashes == (0..<3).map { SHA256.hex(texts[($0 + shift) % 3].utf8) })
        }
        try bench.write("0 old.md", texts[2])
        try bench.write("0.md", "# Listas\n\nUma lista encadeada guarda em cada nó o seguinte.")
        #expect(try await bench.run().files.map(\.outcome) == [.added, .replaced, .unchanged, .unchanged])
        #expect(try await bench.documentPaths == ["0 old.md", "0.md", "1.md", "2.md"])
    }

    @Test func aCopyInAnotherFolderIsNoRenaming() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.graphs)
        try bench.folder.write("other/z.md", Self.graphs)
        try await bench.run()
        try bench.remove("a.md")
        try bench.write("b.md", Self.queues)
        let report = try await bench.ingester().ingest(paths: [bench.folder.path + "/other", bench.documents])
        #expect(report.files.map(\.outcome) == [.duplicate, .added])
        #expect(try await bench.documentPaths == ["a.md", "b.md"] && report.vanished == ["a.md"])
    }

    // MARK: Originals

    @Test func anOriginalThatWasLostComesBack() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.graphs)
        try await bench.run()
        let original = OriginalStore(folder: bench.originals).path(of: SHA256.hex(Self.graphs.utf8))
        try FileManager.default.removeItem(atPath: original)
        #expect(try await bench.run().files.map(\.outcome) == [.unchanged])
        #expect(try String(contentsOfFile: original, encoding: .utf8) == Self.graphs)
        try FileManager.default.removeItem(atPath: original)
        try bench.move("a.md", to: "b.md")
        #expect(try await bench.run().files.map(\.outcome) == [.renamed])
        #expect(try String(contentsOfFile: original, encoding: .utf8) == Self.graphs)
    }

    /// A server lets an original go with its last document, while another process brings the same content in.
    @Test func anOriginalThatIsRemovedMeanwhileIsThereInTheEnd() async throws {
        let folder = Locked("")
        let hash = SHA256.hex(Self.graphs.utf8)
        let embedder = try ScriptedEmbedder(before: { _ in
            let store = OriginalStore(folder: folder.withLock { $0 })
            let removed = try await store.remove(hash, unless: { false })
            #expect(removed, "there before it is embedded")
        })
        let bench = try Bench(embedder: embedder)
        folder.withLock { $0 = bench.originals }
        try bench.write("a.md", Self.graphs)
        #expect(try await bench.run().files.map(\.outcome) == [.added])
        let path = OriginalStore(folder: bench.originals).path(of: hash)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.graphs)
        let removed = try await OriginalStore(folder: bench.originals).remove(hash, unless: { false })
        #expect(removed, "nobody holds on to it any more")
    }

    // MARK: One file, for a job

    @Test func oneFileGoesTheSameWay() async throws {
        let bench = try Bench()
        let upload = try bench.folder.write("upload", IngesterTests.recursion)
        let seen = Locked<[DocumentProgress]>([])
        let added = try await bench.ingester().ingest(file: upload, as: "recursao.md") { progress in
            seen.withLock { $0.append(progress) }
        }
        #expect(added.outcome == .added && added.document.path == "recursao.md" && added.document.root.isEmpty)
        #expect(added.document.mediaType == "text/markdown", "told by the name it has in the course")
        #expect(added.report.chunks == 2 && added.report.selfCheck == .init(sentences: 3, found: 3))
        #expect(added.report.pages == nil && added.report.characters == added.document.characterCount)
        #expect(try await bench.course.report(documentID: added.document.id) == added.report)
        let states = seen.withLock { $0 }
        #expect(states.map(\.state) == [.extracting, .embedding, .embedding, .checking])
        #expect(states[2] == DocumentProgress(state: .embedding, chunksDone: 2, chunks: 2))

        let again = try await bench.ingester().ingest(file: upload, as: "recursao.md")
        #expect(again.outcome == .unchanged && again.document == added.document && again.report == added.report)
        let copy = try await bench.ingester().ingest(file: upload, as: "cópia.md")
        #expect(copy.outcome == .duplicate(of: added.document) && copy.document == added.document)
        try bench.folder.write("upload", Self.graphs)
        let next = try await bench.ingester().ingest(file: upload, as: "recursao.md")
        #expect(next.outcome == .replaced && next.document.id == added.document.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path).allSatisfy { $0.first != "." })
    }

    /// The students' version stays until there is a new one; a duplicate is none.
    @Test func anUploadThatIsACopyOfAnotherLeavesTheVersionOfItsName() async throws {
        let bench = try Bench()
        let ingester = bench.ingester()
        let first = try bench.folder.write("first", Self.queues)
        let stored = try await ingester.ingest(file: first, as: "aula1.md")
        let second = try bench.folder.write("second", Self.graphs)
        let copy = try await ingester.ingest(file: second, as: "copia.md")
        let again = try await ingester.ingest(file: second, as: "aula1.md")
        #expect(again.outcome == .duplicate(of: copy.document))
        #expect(try await bench.course.documents() == [stored.document, copy.document])
        #expect(try await bench.course.lexicalSearch("fila", limit: 5).count == 1)
    }

    @Test func oneFileThatFailsLeavesTheCourseAsItWas() async throws {
        let bench = try Bench()
        let upload = try bench.folder.write("upload.md", Self.graphs)
        let stored = try await bench.ingester().ingest(file: upload, as: "a.md")
        try bench.folder.write("upload.md", (0..<200).map { UInt8($0) })
        await #expect(throws: IngestError.self) { try await bench.ingester().ingest(file: upload, as: "a.md") }
        await #expect(throws: IngestError.self) { try await bench.ingester().ingest(file: "/nowhere", as: "a.md") }
        await #expect(throws: IngestError.self) {
            try await bench.ingester().ingest(file: bench.folder.path, as: "a.md")
        }
        #expect(try await bench.course.documents() == [stored.document])
    }

    @Test func oneFileIsCancelledBetweenBatches() async throws {
        let reached = Latch()
        let never = Latch()
        let embedder = try ScriptedEmbedder(before: { _ in
            reached.open()
            await never.wait()
            try Task.checkCancellation()
        })
        let bench = try Bench(embedder: embedder)
        let upload = try bench.folder.write("upload.md", Self.graphs)
        let ingester = bench.ingester()
        let task = Task { try await ingester.ingest(file: upload, as: "a.md") }
        await reached.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await bench.course.documents().isEmpty)
    }

    /// Two jobs with the same content at the same time: the second sees the first only when it writes.
    @Test func theSameContentAtTheSameTimeIsStoredOnce() async throws {
        let embedding = Locked(0)
        let both = Latch()
        let embedder = try ScriptedEmbedder(before: { _ in
            if embedding.withLock({ count in
                count += 1
                return count == 2
            }) {
                both.open()
            }
            await both.wait()
        })
        let bench = try Bench(embedder: embedder)
        let upload = try bench.folder.write("upload.md", Self.graphs)
        let ingester = bench.ingester()
        async let first = ingester.ingest(file: upload, as: "a.md")
        async let second = ingester.ingest(file: upload, as: "b.md")
        let results = try await [first, second]
        let documents = try await bench.course.documents()
        #expect(documents.count == 1 && results.allSatisfy { $0.document == documents[0] })
        #expect(results.count { $0.outcome == .added } == 1)
        #expect(results.count { $0.outcome == .duplicate(of: documents[0]) } == 1)
    }
}

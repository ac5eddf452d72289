import Embedding
import FoundationEssentials
import Support
import TestSupport
import Testing

@testable import CourseStore
@testable import Extraction
@testable import Ingest

/// Whole runs: real files, the real model, a real course file.
@Suite struct IngesterTests {
    static let recursion = """
        # Recursão

        Uma função recursiva chama a si mesma. O caso base termina as chamadas da função.

        ## Pilha

        Cada chamada ocupa um quadro da pilha de execução do programa.
        """

    @Test func documentsGoInAndAreFound() async throws {
        let bench = try Bench()
        try bench.write("aulas/recursao.md", Self.recursion)
        try bench.copy("multi_page.pdf")
        try bench.copy("mixed.md")
        let report = try await bench.run()
        #expect(report.files.map(\.path) == ["mixed.md", "multi_page.pdf", "aulas/recursao.md"])
        #expect(report.files.allSatisfy { $0.outcome == .added && $0.chunks > 0 && $0.reason == nil })
        #expect(report.files[1].pages == 5)

        let document = try #require(try await bench.course.document(path: "aulas/recursao.md"))
        #expect(document.title == "Recursão" && document.language == "pt" && document.mediaType == "text/markdown")
        #expect(document.contentHash == SHA256.hex(Self.recursion.utf8))
        let chunks = try await bench.course.chunks(documentID: document.id, ordinals: 0...9)
        #expect(chunks.map(\.section) == [["Recursão"], ["Recursão", "Pilha"]])

        let query = try await bench.embedder.embed(["Quando terminam as chamadas recursivas?"])
        let best = try #require(try await bench.course.vectorSearch(query, limit: 1).first)
        #expect(chunks.contains { $0.id == best.id })
        let words = try await bench.course.lexicalSearch("quadro da pilha", limit: 1)
        #expect(words.first?.id == chunks[1].id)
    }

    @Test func oneFailureStopsNothing() async throws {
        let bench = try Bench()
        try bench.copy("libreoffice-writer-password.pdf", to: "a.pdf")
        try bench.copy("simple.doc", to: "b.doc")
        try bench.write("c.txt", "")
        try bench.write("d.md", Self.recursion)
        try bench.copy("empty.pdf", to: "e.pdf")
        let report = try await bench.run()
        #expect(report.files.map(\.outcome) == [.failed, .failed, .failed, .added, .failed])
        #expect(
            report.files.map(\.reasonLabel)
                == ["ingest_encrypted", "ingest_unsupported", "ingest_empty", nil, "ingest_no_text"])
        #expect(report.files[0].reason == IngestError.encrypted.description)
        #expect(try await bench.course.documents().map(\.path) == ["d.md"])
    }

    @Test func unchangedIsSkippedChangedIsReplacedVanishedIsReported() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try bench.write("b.md", "# Grafos\n\nUm grafo tem vértices e arestas entre eles.")
        try await bench.run()
        let before = try #require(try await bench.course.document(path: "a.md"))

        try bench.write("b.md", "# Grafos\n\nUma árvore é um grafo conexo sem ciclos.")
        let second = try await bench.run()
        #expect(second.files.map(\.outcome) == [.unchanged, .replaced])
        #expect(second.vanished.isEmpty)
        #expect(try await bench.course.document(path: "a.md") == before)
        #expect(try await bench.course.counts().documents == 2)
        #expect(try await bench.course.lexicalSearch("vértices", limit: 5).isEmpty)
        #expect(try await bench.course.lexicalSearch("ciclos", limit: 5).count == 1)

        try FileManager.default.removeItem(atPath: bench.documents + "/a.md")
        let third = try await bench.run()
        #expect(third.vanished == ["a.md"] && third.removed.isEmpty)
        #expect(try await bench.course.counts().documents == 2)

        var options = Ingester.Options()
        options.removesVanished = true
        let fourth = try await bench.run(options)
        #expect(fourth.vanished == ["a.md"] && fourth.removed == ["a.md"])
        #expect(try await bench.course.documents().map(\.path) == ["b.md"])
    }

    @Test func anUnreadableNewVersionKeepsTheOldOne() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try await bench.run()
        try bench.folder.write("docs/a.md", (0..<200).map { UInt8($0) })
        let report = try await bench.run()
        #expect(report.files.map(\.outcome) == [.failed])
        #expect(report.vanished.isEmpty)
        #expect(try await bench.course.counts().documents == 1)
    }

    @Test func unchangedIsTakenAgainWhenAsked() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try await bench.run()
        var options = Ingester.Options()
        options.again = true
        #expect(try await bench.run(options).files.map(\.outcome) == [.replaced])
    }

    @Test func ofNewDocumentsOthersHearBeforeAnybodySeesThem() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        let heard = Locked<[String]>([])
        var options = Ingester.Options()
        options.beforeNew = { [course = bench.course] id async throws -> Void in
            #expect(try await course.document(id: id) == nil)
            heard.withLock { $0.append(id) }
        }
        try await bench.run(options)
        try bench.write("a.md", Self.recursion + " Mais.")
        try await bench.run(options)
        #expect(try await heard.withLock(\.self) == bench.course.documents().map(\.id))
        options.beforeNew = { _ in throw IngestError.changedMeanwhile }
        try bench.write("b.md", Self.recursion + " Outro.")
        #expect(try await bench.run(options).files.map(\.outcome) == [.unchanged, .failed])
        #expect(try await bench.course.counts().documents == 1)
    }

    @Test func originalsAreKeptOnceByHash() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try bench.write("b.md", Self.recursion)
        try bench.write("empty.md", "\n \n")
        try await bench.run()
        let kept = try FileManager.default.contentsOfDirectory(atPath: bench.originals)
        #expect(kept == [SHA256.hex(Self.recursion.utf8)])
        #expect(try String(contentsOfFile: "\(bench.originals)/\(kept[0])", encoding: .utf8) == Self.recursion)
    }

    /// The same sentences in twelve files that differ elsewhere: each file's own check finds them among the others'.
    @Test func sameTextInManyDocumentsIsFoundByAll() async throws {
        let bench = try Bench()
        for number in 1...12 { try bench.write("copy\(number).md", Self.recursion + "\n\nTurma \(number).") }
        let report = try await bench.run()
        #expect(report.count(.added) == 12)
        #expect(report.files.allSatisfy { $0.document?.selfCheck == .init(sentences: 3, found: 3) })
    }

    @Test func aDocumentWithoutSentencesIsCheckedToo() async throws {
        let bench = try Bench()
        for (name, text) in [("a", "Sim"), ("b", "x + y = z"), ("c", "再帰とは何か"), ("d", "→ ∑ ∞")] {
            try bench.write(name + ".txt", text)
        }
        let report = try await bench.run()
        #expect(report.count(.added) == 4, "\(report.files.map(\.reason))")
        #expect(report.files.map { $0.document?.selfCheck.found } == [1, 1, 1, 0])
        #expect(report.files.map(\.warnings) == [[], [], [SearchWarnings.unspaced], [SearchWarnings.unchecked]])
    }

    @Test func dataOfProgramsInAFolderIsNamedButNoFailure() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try bench.write("questions.jsonl", "{}")
        try bench.write("server.log", "um registro de texto")
        let log = try await bench.ingester().ingest(paths: [bench.documents + "/server.log"])
        #expect(log.files.map(\.outcome) == [.added], "named by itself it is a text like any other")
        let report = try await bench.run()
        #expect(report.files.map(\.path) == ["a.md", "questions.jsonl", "server.log"])
        #expect(report.files.map(\.outcome) == [.added, .skipped, .skipped])
        #expect(report.vanished.isEmpty)
    }

    @Test func anEmptyFolderIsSaid() async throws {
        let bench = try Bench()
        try bench.folder.write("docs/.hidden", "x")
        await #expect(throws: IngestError.nothingToIngest([bench.documents])) { try await bench.run() }
    }

    @Test func aMissingPathIsOneFailure() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        let report = try await bench.ingester().ingest(paths: ["/nowhere/x.pdf", bench.documents + "/a.md"])
        #expect(report.files.map(\.outcome) == [.failed, .added])
        #expect(report.files.map(\.path) == ["/nowhere/x.pdf", "a.md"])
        #expect(report.vanished.isEmpty)
    }

    // MARK: Trouble on the way

    @Test func cancellingLeavesNothingHalfDone() async throws {
        let reached = Latch()
        let never = Latch()
        let embedder = try ScriptedEmbedder(before: { texts in
            guard texts.contains(where: { $0.contains("segundo") }) else { return }
            reached.open()
            await never.wait()
            try Task.checkCancellation()
        })
        let bench = try Bench(embedder: embedder)
        try bench.write("a.md", Self.recursion)
        try bench.write(
            "b.md", (1...90).map { "# Parte \($0)\n\nO segundo documento tem partes." }.joined(separator: "\n\n"))
        let ingester = bench.ingester()
        let task = Task { try await ingester.ingest(paths: [bench.documents]) }
        await reached.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await bench.course.documents().map(\.path) == ["a.md"])
        #expect(try await bench.course.lexicalSearch("segundo", limit: 5).isEmpty)
    }

    @Test func wrongVectorsFailTheSelfCheck() async throws {
        let changes: [@Sendable ([Float]) -> [Float]] = [
            { Array($0.dropLast()) }, { $0.map { _ in 0 } }, { $0.map { $0 * 3 } }, { $0.map { _ in .nan } },
        ]
        for change in changes {
            let bench = try Bench(embedder: try ScriptedEmbedder(change: change))
            try bench.write("a.md", Self.recursion)
            let report = try await bench.run()
            #expect(report.files.map(\.reasonLabel) == ["ingest_self_check_failed"])
            #expect(try await bench.course.counts().documents == 0)
        }
    }

    /// A store that damages what is written, as a failing disk would.
    @Test(arguments: [
        "UPDATE vector SET embedding = zeroblob(1536) WHERE chunk_id = new.chunk_id",
        "UPDATE chunk SET text = 'zzz' WHERE id = new.chunk_id",
        "DELETE FROM chunk WHERE id = new.chunk_id",
    ])
    func aNewVersionThatFailsItsCheckLeavesTheOldOne(_ damage: String) async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try await bench.run()
        let before = try #require(try await bench.course.document(path: "a.md"))
        try await bench.course.pool.write { connection in
            try connection.execute("CREATE TRIGGER damage AFTER INSERT ON vector BEGIN \(damage); END")
        }
        try bench.write("a.md", "# Grafos\n\nUm grafo tem vértices e arestas entre eles.")
        try bench.write("b.md", "# Filas\n\nUma fila atende primeiro quem chegou primeiro.")
        let report = try await bench.run()
        #expect(report.files.map(\.reasonLabel) == Array(repeating: "ingest_self_check_failed", count: 2))
        #expect(try await bench.course.documents() == [before])
        #expect(try await bench.course.lexicalSearch("pilha de execução", limit: 5).count > 0)
        #expect(try await bench.course.lexicalSearch("arestas", limit: 5).isEmpty)

        try await bench.course.pool.write { try $0.execute("DROP TRIGGER damage") }
        #expect(try await bench.run().files.map(\.outcome) == [.replaced, .added])
    }

    @Test func troubleOfAllFilesIsNotTriedForEach() async throws {
        struct ModelGone: ExplainedError {
            let label = "model_gone"
            let description = "The model is gone."
        }
        let tries = Locked(0)
        let embedder = try ScriptedEmbedder(before: { _ in
            tries.withLock { $0 += 1 }
            throw ModelGone()
        })
        let bench = try Bench(embedder: embedder)
        for number in 1...9 { try bench.write("\(number).md", Self.recursion) }
        let report = try await bench.run()
        #expect(report.count(.failed) == 9)
        #expect(tries.withLock { $0 } == 2)
        #expect(report.files[8].reason == "Not tried: The model is gone.")
    }

    @Test func aFileThatChangesWhileItIsReadFails() async throws {
        struct Meddler: DocumentExtraction {
            func extract(
                path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
            ) async throws -> ExtractionOutcome {
                let document = try DocumentExtractor.extract(path: path)
                try Data("# Other\n\ntext".utf8).write(to: URL(filePath: path))
                return ExtractionOutcome(document)
            }
        }
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        let report = try await bench.ingester(extraction: Meddler()).ingest(paths: [bench.documents])
        #expect(report.files.map(\.reasonLabel) == ["ingest_changed_meanwhile"])
        #expect(try await bench.course.counts().documents == 0)
    }

    @Test func theExtractorsProcessServesARun() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try bench.write("b.md", "hang")
        try bench.write("c.md", "crash")
        let file = try bench.folder.write("answer", ExtractCommand.answer(for: bench.documents + "/a.md"))
        // The extractor sees a copy of the document under another name.
        let script = "case $(cat $1) in hang) exec sleep 1000;; crash) kill -SEGV $$;; *) cat \(file);; esac"
        let process = ExtractionProcess(
            executable: "/bin/sh", arguments: ["-c", script, "extractor"], timeLimit: .seconds(2))
        let report = try await bench.ingester(extraction: process).ingest(paths: [bench.documents])
        #expect(report.files.map(\.reasonLabel) == [nil, "ingest_timed_out", "ingest_crashed"])
    }

    // MARK: Progress and report

    @Test func progressCountsUpToTheEnd() async throws {
        let bench = try Bench()
        try bench.write("a.md", Self.recursion)
        try bench.copy("multi_page.pdf", to: "b.pdf")
        try bench.copy("empty.pdf", to: "c.pdf")
        let seen = Locked<[IngestProgress]>([])
        let report = try await bench.ingester().ingest(paths: [bench.documents]) { progress in
            seen.withLock { $0.append(progress) }
        }
        let steps = seen.withLock { $0 }
        let last = try #require(steps.last)
        #expect(last.phase == .done && last.filesDone == 3 && last.filesTotal == 3 && last.failed == 1)
        #expect(last.pagesDone == 5 && last.chunksDone == report.chunks && last.secondsLeft == 0)
        #expect(last.chunksPerSecond > 0)
        for (left, right) in zip(steps, steps.dropFirst()) {
            #expect(left.filesDone <= right.filesDone && left.chunksDone <= right.chunksDone)
        }
        #expect(steps.contains { $0.phase == .embedding && $0.currentFile == "b.pdf" && $0.currentChunks > 0 })
    }

    @Test func theReportIsJSON() async throws {
        let bench = try Bench()
        try bench.copy("abntex2-modelo-livro.pdf", to: "livro.pdf")
        let report = try await bench.run()
        #expect(report.files[0].emptyPages == [2, 6, 8, 10, 22, 24])
        #expect(report.files[0].warnings.count == 1)
        #expect(report.files[0].document?.pagesRead == report.files[0].pages.map { $0 - 6 })
        #expect(try JSONDecoder().decode(IngestReport.self, from: JSONEncoder().encode(report)) == report)
    }
}

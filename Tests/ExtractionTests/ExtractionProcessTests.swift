import FoundationEssentials
import Glibc
import Support
import TestSupport
import Testing

@testable import Extraction

/// What the parent makes of its extractor's answers, and of their absence.
@Suite struct ExtractionProcessTests {
    /// A stand-in for the extractor that runs `script`; the file's path is `$1`.
    private func process(
        _ script: String, timeLimit: Duration = .seconds(60), outputLimit: Int = 1 << 20
    ) -> ExtractionProcess {
        ExtractionProcess(
            executable: "/bin/sh", arguments: ["-c", script, "extractor"], timeLimit: timeLimit,
            outputLimit: outputLimit)
    }

    private func code(_ process: ExtractionProcess) async -> IngestError.Code? {
        do {
            _ = try await process.extract(path: DocumentFixture.path("multi_page.pdf"))
            return nil
        } catch { return (error as? IngestError)?.code }
    }

    @Test func aDocumentComesBackAsItWas() async throws {
        let folder = try TemporaryFolder()
        let path = DocumentFixture.path("multi_page.pdf")
        let answer = try folder.write("answer", ExtractCommand.answer(for: path))
        let outcome = try await process("cat \(answer)").extract(path: path)
        #expect(outcome.document == (try DocumentExtractor.extract(path: path)))
        #expect(outcome.seconds > 0)
    }

    @Test func aReasonComesBackAsItWas() async throws {
        let folder = try TemporaryFolder()
        let path = DocumentFixture.path("libreoffice-writer-password.pdf")
        let answer = try folder.write("answer", ExtractCommand.answer(for: path))
        await #expect(throws: IngestError.encrypted) {
            try await process("cat \(answer); exit 1").extract(path: path)
        }
    }

    @Test func theCommandPrintsWhatCameBack() async throws {
        let folder = try TemporaryFolder()
        let path = DocumentFixture.path("multi_page.pdf")
        let answer = try folder.write("answer", ExtractCommand.answer(for: path))
        let outcome = try await ExtractCommand.run(file: path, json: false, extraction: process("cat \(answer)"))
        #expect(outcome.exitCode == 0 && outcome.complaint.isEmpty)
        #expect(String(decoding: outcome.output, as: UTF8.self).contains("--- page 5 ---"))
        let failure = try await ExtractCommand.run(file: path, json: true, extraction: process("kill -SEGV $$"))
        #expect(failure.exitCode == 1 && failure.complaint.contains("made its reader fail"))
        #expect(String(decoding: failure.output, as: UTF8.self).contains("crashed"))
    }

    // MARK: What the child is given

    /// A copy under a plain name, in a folder of its own, which is also where it starts; and no other word of this process.
    @Test func theChildHasAFolderOfItsOwnAndNoEnvironment() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("-rf; $(touch x).PDF", "the document")
        setenv("GEPETO_TEST_SECRET", "secret", 1)
        let script = "{ echo \"$@\"; pwd; cat $1; echo; ls; env; } > \(folder.path)/seen"
        _ = try? await process(script).extract(path: file)
        let seen = try String(contentsOfFile: folder.path + "/seen", encoding: .utf8).split(separator: "\n")
        let scratch = try #require(seen.dropFirst().first)
        #expect(seen.first == "\(scratch)/document.pdf --child")
        #expect(seen.dropFirst(2).first == "the document" && seen.dropFirst(3).first == "document.pdf")
        let variables = Set(seen.dropFirst(4).map { String($0.prefix { $0 != "=" }) })
        // The shell adds the ones that are taken away here.
        #expect(
            variables.subtracting(["PWD", "OLDPWD", "_"])
                == ["HOME", "LANG", "MALLOC_ARENA_MAX", "OMP_THREAD_LIMIT", "PATH", "TMPDIR"])
        #expect(seen.contains("HOME=\(scratch)") && seen.contains("TMPDIR=\(scratch)"))
    }

    @Test func whatIsNoDocumentStartsNothing() async throws {
        let folder = try TemporaryFolder()
        let touching = process("touch \(folder.path)/started")
        await #expect(throws: IngestError.unreadable("there is no such file")) {
            try await touching.extract(path: folder.path + "/nowhere.pdf")
        }
        try #require(mkfifo(folder.path + "/pipe.pdf", 0o600) == 0)
        for path in [folder.path, folder.path + "/pipe.pdf", "/dev/zero"] {
            await #expect(throws: IngestError.unreadable("it is not a regular file")) {
                try await touching.extract(path: path)
            }
        }
        let large = folder.path + "/large.pdf"
        try #require(truncate(try folder.write("large.pdf", "x"), DocumentExtractor.fileLimit + 1) == 0)
        await #expect(throws: IngestError.tooLarge("The file", limit: "100 MB")) {
            try await touching.extract(path: large)
        }
        #expect(access(folder.path + "/started", F_OK) != 0)
    }

    @Test func nothingIsLeftOfAHostileFolder() async throws {
        let folder = try TemporaryFolder()
        let outside = try folder.write("outside", "precious")
        // The folder's name may be another extraction's when this one has ended; a file's of this name is not.
        let marker = "marker-\(getpid())"
        // Folders in folders, shut ones, and links to what lies outside.
        let script = """
            pwd > \(folder.path)/where; touch \(marker); ln -s \(folder.path) link; mkdir shut; touch shut/x; chmod 0 shut
            i=0; while [ $i -lt 300 ]; do mkdir d; touch d/f; ln -s \(outside) d/l; cd d; i=$((i+1)); done
            kill -KILL $$
            """
        #expect(await code(process(script)) == .outOfMemory)
        let scratch = try String(contentsOfFile: folder.path + "/where", encoding: .utf8).filter { $0 != "\n" }
        #expect(access(scratch + "/" + marker, F_OK) != 0)
        #expect(try String(contentsOfFile: outside, encoding: .utf8) == "precious")
    }

    // MARK: Misbehaviour

    @Test func misbehaviourHasAReason() async {
        #expect(await code(process("exec sleep 1000", timeLimit: .milliseconds(300))) == .timedOut)
        #expect(await code(process("yes", outputLimit: 10_000)) == .tooLarge)
        #expect(await code(process("kill -SEGV $$")) == .crashed)
        #expect(await code(process("kill -KILL $$")) == .outOfMemory)
        #expect(await code(process("kill -XCPU $$")) == .timedOut)
        #expect(await code(process("echo 'std::bad_alloc' >&2; exit 134")) == .outOfMemory)
        #expect(await code(process("echo this is no answer")) == .crashed)
        #expect(await code(process("true")) == .crashed)
        #expect(await code(ExtractionProcess(executable: "/nowhere/gepeto")) == .missingTool)
    }

    @Test func cancellingEndsTheChildAndRemovesItsFolder() async throws {
        let folder = try TemporaryFolder()
        try #require(mkfifo(folder.path + "/started", 0o600) == 0)
        let script = "pwd > \(folder.path)/where; touch cancelled; echo go > \(folder.path)/started; exec sleep 1000"
        let task = Task { try await process(script).extract(path: DocumentFixture.path("multi_page.pdf")) }
        // Opening a pipe for reading waits for its writer: then the child is surely running.
        try await BlockingQueue(label: "test").run { _ = close(open(folder.path + "/started", O_RDONLY)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let scratch = try String(contentsOfFile: folder.path + "/where", encoding: .utf8).filter { $0 != "\n" }
        #expect(access(scratch + "/cancelled", F_OK) != 0)
    }

    // MARK: Progress

    @Test func progressIsPassedOn() async throws {
        let seen = Locked<[ExtractionProgress]>([])
        let lines = [0, 1, 9].map { #"{"pagesDone":\#($0),"pagesTotal":9,"pagesToRecognise":2}"# }
        let script = lines.map { "echo '\($0)' >&3" }.joined(separator: "; ")
        await #expect(throws: IngestError.crashed) {
            try await process(script).extract(path: DocumentFixture.path("multi_page.pdf")) { step in
                seen.withLock { $0.append(step) }
            }
        }
        // What comes between may be too soon after the first; the end is always told.
        let steps = seen.withLock { $0 }
        #expect(steps.first == .init(pagesDone: 0, pagesTotal: 9, pagesToRecognise: 2))
        #expect(steps.last == .init(pagesDone: 9, pagesTotal: 9, pagesToRecognise: 2))
    }

    @Test(arguments: [
        "yes >&3", "head -c 600 /dev/zero >&3; exec sleep 1000",
    ])
    func aFloodOfMessagesIsStopped(_ script: String) async {
        #expect(await code(process(script)) == .crashed)
    }

    @Test func timeIsGivenForSoManyPagesOnly() {
        let intake = ProgressIntake { _ in }
        func take(_ text: String) -> Duration { intake.take(Array(text.utf8)[...]) }
        #expect(take(#"{"pagesDone":0,"pagesTotal":3,"pagesToRecognise":3}"#) == .seconds(60))
        #expect(take(#"{"pagesDone":1,"pagesTotal":3,"pagesToRecognise":3}"#) == .zero)
        #expect(take(#"{"pagesDone":1,"pagesTotal":3,"pagesToRecognise":4}"#) == .zero)
        #expect(take(#"{"pagesDone":-1,"pagesTotal":3,"pagesToRecognise":3}"#) == .zero)
        #expect(take(#"{"pagesDone":0,"pagesTotal":9000000,"pagesToRecognise":9000000}"#) == .zero)
        #expect(take("nonsense") == .zero)
        #expect(take(#"{"pagesDone":0,"pagesTotal":9000,"pagesToRecognise":9000}"#) == .seconds(20 * 497))
    }

    #if compiler(>=6.2)
        /// In a process of its own, which its limits end.
        @Test func limitsHoldInTheExtractorsProcess() async {
            await #expect(processExitsWith: .success) {
                let limits = ExtractionLimits(memory: 8 << 30, cpuSeconds: 1_000, fileSize: 0, openFiles: 40)
                guard try limits.applyToThisProcess() else { return }
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                precondition(limit.rlim_max == 8 << 30)
                getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
                precondition(limit.rlim_cur == 1_000 && limit.rlim_max == 1_005)
                precondition(mmap(nil, 9 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
                var files: [Int32] = []
                while case let file = open("/dev/null", O_RDONLY), file >= 0, files.count < 100 { files.append(file) }
                precondition(files.count < 40)
            }
        }

        /// Three images of 1.16 GB each, under the limits of production.
        @Test func aBombCostsOneAnswer() async {
            await #expect(processExitsWith: .success) {
                guard try ExtractionLimits.standard.applyToThisProcess() else { return }
                let outcome = ExtractCommand.run(file: DocumentFixture.path("bomb_giant.pdf"), json: true, limits: nil)
                precondition(outcome.exitCode == 0 || outcome.complaint.contains("memory"))
            }
        }
    #endif
}

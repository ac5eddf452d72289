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
            _ = try await process.extract(path: "/some/file.pdf")
            return nil
        } catch { return (error as? IngestError)?.code }
    }

    @Test func aDocumentComesBackAsItWas() async throws {
        let folder = try TemporaryFolder()
        let outcome = ExtractCommand.run(file: DocumentFixture.path("multi_page.pdf"), json: true, limits: nil)
        #expect(outcome.exitCode == 0 && outcome.complaint.isEmpty)
        let answer = try folder.write("answer", outcome.output)
        let document = try await process("cat \(answer)").extract(path: "/some/file.pdf").document
        #expect(document == (try DocumentExtractor.extract(path: DocumentFixture.path("multi_page.pdf"))))
    }

    @Test func aReasonComesBackAsItWas() async throws {
        let folder = try TemporaryFolder()
        let outcome = ExtractCommand.run(
            file: DocumentFixture.path("libreoffice-writer-password.pdf"), json: true, limits: nil)
        #expect(outcome.exitCode == 1)
        #expect(outcome.complaint.contains("password protected"))
        let answer = try folder.write("answer", outcome.output)
        await #expect(throws: IngestError.encrypted) {
            try await process("cat \(answer); exit 1").extract(path: "/some/file.pdf")
        }
    }

    @Test func theFileIsTheLastButOneArgument() async throws {
        let folder = try TemporaryFolder()
        _ = await code(process("echo \"$@\" > \(folder.path)/arguments"))
        #expect(try String(contentsOfFile: folder.path + "/arguments", encoding: .utf8) == "/some/file.pdf --json\n")
    }

    @Test func noFileNameIsAnOption() async throws {
        let folder = try TemporaryFolder()
        _ = try? await process("echo \"$1\" > \(folder.path)/first").extract(path: "-h.pdf")
        #expect(try String(contentsOfFile: folder.path + "/first", encoding: .utf8) == "./-h.pdf\n")
    }

    @Test func misbehaviourHasAReason() async {
        #expect(await code(process("exec sleep 1000", timeLimit: .milliseconds(300))) == .timedOut)
        #expect(await code(process("yes", outputLimit: 10_000)) == .tooLarge)
        #expect(await code(process("kill -SEGV $$")) == .crashed)
        #expect(await code(process("kill -KILL $$")) == .outOfMemory)
        #expect(await code(process("kill -XCPU $$")) == .timedOut)
        #expect(await code(process("echo 'std::bad_alloc' >&2; exit 134")) == .outOfMemory)
        #expect(await code(process("echo this is no JSON")) == .crashed)
        #expect(await code(process("true")) == .crashed)
        #expect(await code(ExtractionProcess(executable: "/nowhere/gepeto")) == .missingTool)
    }

    /// A taken-over extractor may answer anything; its offsets must not reach a subscript.
    @Test(arguments: [
        "[0,9]", "[-1,2]", "[2,2]", "[1,2]", "[9223372036854775806,9223372036854775807]",
    ])
    func offsetsOutsideTheTextAreRefused(_ range: String) async {
        // The text is "éa": three bytes, with no border between the first and the second.
        let json = """
            {"document":{"_0":{"mediaType":"text/plain","language":"","text":"éa","blocks":[{"kind":"paragraph",\
            "range":\(range),"level":0,"headerLength":0}],"pageOffsets":[],"emptyPages":[],"warnings":[]}}}
            """
        #expect(await code(process("printf '%s' '\(json)'")) == .crashed)
    }

    #if compiler(>=6.2)
        /// In a process of its own, which its limits end.
        @Test func limitsHoldInTheExtractorsProcess() async {
            await #expect(processExitsWith: .success) {
                let limits = ExtractionLimits(memory: 8 << 30, cpuSeconds: 1_000, fileSize: 0, openFiles: 40)
                guard limits.applyToThisProcess() else { return }
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
                guard ExtractionLimits.standard.applyToThisProcess() else { return }
                let outcome = ExtractCommand.run(file: DocumentFixture.path("bomb_giant.pdf"), json: true, limits: nil)
                precondition(outcome.exitCode == 0 || outcome.complaint.contains("memory"))
            }
        }
    #endif
}

import Foundation
import Support
import Testing

/// Each mistake gets one sentence that says what to do, and the right exit code.
@Suite struct BadInputTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
    }

    private func expect(_ words: [String], code: Int32, _ sentence: String, program: Program? = nil) async {
        await (program ?? self.program).expect(words, code: code, sentence)
    }

    @Test(arguments: [
        (["serach"], "Did you mean 'search'?"), (["ask"], "what is the question"),
        (["ask", "  "], "what is the question"),
        (["search", "x", "-k", "0"], "from 1 to 100"),
        (["search", "x", "--mode", "psychic"], "hybrid, vector, lexical"),
        (["ask", "x", "--cuorse", "y"], "Did you mean '--course'?"), (["ingest"], "--course"), ([], "Exit codes"),
        (["embed", "text"], "standard input"), (["ask", "x"], "--course C"),
        (["ask", "-1 é ímpar?"], "unknown option '-1 é ímpar?'. Put -- before a text that begins with '-'.\n"),
    ])
    func wrongUsageIsExplained(_ words: [String], _ sentence: String) async {
        await expect(words, code: 2, sentence)
    }

    @Test func unknownAndImpossibleCourses() async {
        await expect(["ask", "x", "--course", "nothing"], code: 1, "there is no course 'nothing'")
        await expect(["search", "x", "--course", "../etc"], code: 2, "A course name is")
    }

    @Test func foldersAndFilesThatHoldNothing() async throws {
        let empty = scratch.path + "/empty"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        await expect(["ingest", empty, "--course", "c"], code: 1, "document")
        await expect(["ingest", scratch.path + "/missing", "--course", "c"], code: 1, "missing")
        let blank = try scratch.write("blank.md", Data())
        await expect(["ingest", blank, "--course", "c"], code: 1, "blank.md")
    }

    @Test func oneBadFileDoesNotStopTheOthers() async throws {
        try scratch.write("mixed/good.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
        try scratch.write("mixed/broken.pdf", Data("%PDF-1.4\nnot really a document".utf8))
        try scratch.write("mixed/noise.bin", Data((0..<4_096).map { UInt8(truncatingIfNeeded: $0 &* 7919 ^ $0 >> 3) }))
        let outcome = await program.run("ingest", scratch.path + "/mixed", "--course", "c")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("broken.pdf") && outcome.output.contains("good.md"))
        let found = await program.run("search", "heap smallest element", "--course", "c")
        #expect(found.output.contains("smallest element at the root"))
    }

    @Test func aModelFolderThatIsMissingOrOfAnotherShape() async throws {
        var other = program
        other.environment["GEPETO_MODEL_DIR"] = scratch.path + "/no-model"
        await expect(["ask", "x", "--course", "c"], code: 1, "scripts/setup", program: other)
        try scratch.write(
            "other/config.json", Data(#"{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}"#.utf8))
        other.environment["GEPETO_MODEL_DIR"] = scratch.path + "/other"
        await expect(["ask", "x", "--course", "c"], code: 1, "GEPETO_MODEL_DIR", program: other)
    }

    @Test(arguments: [0, 7, 1_000_000])
    func aModelThatIsCutShort(_ length: Int) async throws {
        let whole = URL(filePath: Program.root + "models/all-MiniLM-L6-v2")
        for name in try FileManager.default.subpathsOfDirectory(atPath: whole.resolvingSymlinksInPath().path()) {
            let file = try FileHandle(forReadingFrom: whole.appending(path: name))
            guard let bytes = try? file.read(upToCount: name.hasSuffix(".safetensors") ? length : 5_000_000) else {
                continue
            }
            try scratch.write("short/" + name, bytes)
        }
        try scratch.write("a.md", Data("# A\n\nSome text here.\n".utf8))
        var short = program
        short.environment["GEPETO_MODEL_DIR"] = scratch.path + "/short"
        await expect(["ingest", scratch.path + "/a.md", "-c", "c"], code: 1, "model.safetensors", program: short)
        await expect(["serve", "--port", "0"], code: 1, "scripts/setup", program: short)
        #expect(!FileManager.default.fileExists(atPath: program.data), "nothing was begun")
    }

    @Test func aSettingNobodyKnowsStopsTheStart() async {
        var wrong = program
        wrong.environment["GEPETO_PROT"] = "8000"
        await expect(["serve"], code: 1, "Did you mean 'GEPETO_PORT'?", program: wrong)
    }
}

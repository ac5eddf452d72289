import ChatAdapters
import ChatService
import Foundation
import Support
import Testing

/// `gepeto doctor` looks at what is there, says what is wrong with it, and makes nothing.
@Suite struct DoctorTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
    }

    private func line(_ outcome: Program.Outcome, _ name: String) -> String? {
        outcome.output.split(separator: "\n").first { $0.dropFirst(6).hasPrefix(name + ":") }.map(String.init)
    }

    @Test func dataThatIsNotThereIsNotMade() async {
        let outcome = await program.run("doctor")
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(line(outcome, "embedding model")?.hasPrefix("ok") == true, "\(outcome.output)")
        #expect(!FileManager.default.fileExists(atPath: program.data))
    }

    @Test func eachDamagedFileHasALine() async throws {
        let text = try scratch.write("a.md", Data("# A\n\nSome text here.\n".utf8))
        for name in ["good", "newer"] { #expect(await program.run("ingest", text, "--course", name).code == 0) }
        let newer = URL(filePath: program.data + "/courses/newer.sqlite")
        var bytes = try Data(contentsOf: newer)
        // `user_version` is the big-endian word at offset 60 of the database header.
        bytes.replaceSubrange(60..<64, with: [0, 0, 0x7f, 0xff])
        try bytes.write(to: newer)
        try scratch.write("data/courses/empty.sqlite", Data())
        let noise = Data((0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 7919 ^ $0 >> 3) })
        try scratch.write("data/gepeto.sqlite", noise)

        let outcome = await program.run("doctor")
        #expect(outcome.code == 1)
        #expect(line(outcome, "course good") == "ok    course good: 1 documents, 1 chunks")
        #expect(line(outcome, "course newer")?.contains("newer") == true, "\(outcome.output)")
        #expect(line(outcome, "course newer")?.hasPrefix("FAIL") == true)
        #expect(line(outcome, "course empty")?.contains("is empty") == true, "\(outcome.output)")
        #expect(line(outcome, "conversations")?.hasPrefix("FAIL") == true, "\(outcome.output)")
        #expect(try Data(contentsOf: URL(filePath: program.data + "/gepeto.sqlite")) == noise)
    }

    @Test func databasesAreReadThroughWithoutTheModelToo() async throws {
        let text = try scratch.write("a.md", Data("# A\n\nSome text here.\n".utf8))
        for name in ["good", "damaged"] { #expect(await program.run("ingest", text, "--course", name).code == 0) }
        let damaged = URL(filePath: program.data + "/courses/damaged.sqlite")
        var bytes = try Data(contentsOf: damaged)
        // Beyond the first page, where the tables are.
        for offset in stride(from: 8_192, to: bytes.count, by: 8_192) {
            bytes.replaceSubrange(offset..<offset + 64, with: Data(repeating: 0xff, count: 64))
        }
        try bytes.write(to: damaged)
        var other = program
        other.environment["GEPETO_MODEL_DIR"] = scratch.path + "/no-model"
        let outcome = await other.run("doctor")
        #expect(outcome.code == 1)
        #expect(line(outcome, "course good")?.hasPrefix("ok    course good: sound") == true, "\(outcome.output)")
        #expect(line(outcome, "course damaged")?.contains("is damaged") == true, "\(outcome.output)")
    }

    @Test func questionsThatFailedForGoodAreCounted() async throws {
        let store = try SQLiteChatStore(path: program.data + "/gepeto.sqlite")
        #expect(line(await program.run("doctor"), "conversations")?.hasSuffix("sound") == true)
        let accepted = try await store.accept(
            Submission(user: .local, message: "What is a heap?", course: try CourseID("c"), traceID: "t"))
        #expect(try await store.end(job: accepted.jobID, with: JobFailure(.deadlineExceeded)))
        let outcome = await program.run("doctor")
        #expect(line(outcome, "conversations")?.contains("; 1 questions failed for good") == true, "\(outcome.output)")
        _ = try await store.redrive(accepted.jobID)
        #expect(line(await program.run("doctor"), "conversations")?.hasSuffix("sound") == true)
        await store.close()
    }
}

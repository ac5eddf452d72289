import Foundation
import Ingest
import Support
import Testing

@testable import Commands
@testable import Extraction

/// The program run in this process, with a data folder, an environment and a console of its own.
struct Program: Sendable {
    struct Outcome: Sendable {
        let code: Int32
        let output: String
        let complaints: String
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)

    /// The built executable, for child processes; the test bundle lies beside it.
    static let executable: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: "gepeto").path(percentEncoded: false)
    }()

    let data: String
    /// What a child process of the program is started from.
    var childExecutable = Self.executable
    var environment: [String: String] = [:]

    init(data: String) { self.data = data }

    /// Runs one command line to its end.
    func run(_ words: String...) async -> Outcome { await run(words) { await Latch().wait() } }

    /// Runs one command line; `terminated` returns when it shall end.
    func run(_ words: [String], until terminated: @escaping @Sendable () async -> Void) async -> Outcome {
        let output = Locked("")
        let complaints = Locked("")
        let code = await run(words, until: terminated) { piece in
            output.withLock { $0 += piece }
        } complaint: { piece in
            complaints.withLock { $0 += piece }
        }
        return Outcome(code: code, output: output.withLock { $0 }, complaints: complaints.withLock { $0 })
    }

    /// Runs one command line that must fail with `code` and say `sentence`, in words made for a person.
    func expect(_ words: [String], code: Int32, _ sentence: String) async {
        let outcome = await run(words) { await Latch().wait() }
        let said = outcome.complaints + outcome.output
        #expect(outcome.code == code, "\(words): \(said)")
        #expect(said.contains(sentence), "\(words): \(said)")
        #expect(!said.contains("Unexpected error") && !said.contains("code "), "\(words): \(said)")
    }

    /// Runs the built program as a child of a shell that first runs `preparation`, for limits on the process.
    func runChild(after preparation: String, _ words: [String]) async throws -> Outcome {
        var child = ChildProcess(
            executable: "/bin/sh", arguments: ["-c", preparation + #"; exec "$0" "$@""#, Self.executable] + words,
            timeLimit: .seconds(120), outputLimit: 1 << 20)
        child.environment += settings.map { "\($0.key)=\($0.value)" }
        let outcome = try await child.run()
        guard case .exited(let code) = outcome.end else { throw Killed(end: outcome.end) }
        return Outcome(
            code: code, output: String(decoding: outcome.output, as: UTF8.self),
            complaints: String(decoding: outcome.errors, as: UTF8.self))
    }

    struct Killed: Error { let end: ChildProcess.End }

    private var settings: [String: String] {
        [
            "GEPETO_DATA": data, "GEPETO_MODEL_DIR": Self.root + "models/all-MiniLM-L6-v2", "GEPETO_LOG_LEVEL": "off",
            "GEPETO_WEB_DIR": Self.root + "web", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ].merging(environment) { $1 }
    }

    func run(
        _ words: [String], until terminated: @escaping @Sendable () async -> Void,
        output: @escaping @Sendable (String) -> Void, complaint: @escaping @Sendable (String) -> Void
    ) async -> Int32 {
        let console = Console(width: nil, output: output, complaint: complaint)
        let context = Context(
            environment: settings, console: console, executable: childExecutable, terminated: terminated)
        return await Gepeto.run(words, context)
    }
}

/// A folder that goes with the test.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "gepeto-\(RandomIdentifier.make())")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below the folder and returns its path.
    @discardableResult
    func write(_ name: String, _ contents: some DataProtocol) throws -> String {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(contents).write(to: url)
        return url.path(percentEncoded: false)
    }
}

/// The sample course, loaded once for all tests that only read it.
actor SampleCourse {
    static let shared = SampleCourse()
    private static let path = Locked("/nonexistent")
    private var loading: Task<(Scratch, Program.Outcome), any Error>?

    /// The program over a data folder with `corpus/` loaded as the course `algoritmos`, and what the loading said.
    func program() async throws -> (Program, Program.Outcome) {
        let task =
            loading
            ?? Task {
                let scratch = try Scratch()
                Self.path.withLock { $0 = scratch.path }
                let outcome = await Program(data: scratch.path).run(
                    "ingest", Program.root + "corpus", "--course", "algoritmos")
                return (scratch, outcome)
            }
        if loading == nil {
            // It lives as long as the process, so its folder cannot go with it.
            atexit { try? FileManager.default.removeItem(atPath: SampleCourse.path.withLock { $0 }) }
            loading = task
        }
        let (scratch, outcome) = try await task.value
        return (Program(data: scratch.path), outcome)
    }
}

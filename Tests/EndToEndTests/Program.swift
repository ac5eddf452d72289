import Foundation
import Support

@testable import Commands

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

    func run(
        _ words: [String], until terminated: @escaping @Sendable () async -> Void,
        output: @escaping @Sendable (String) -> Void, complaint: @escaping @Sendable (String) -> Void
    ) async -> Int32 {
        var environment = [
            "GEPETO_DATA": data, "GEPETO_MODEL_DIR": Self.root + "models/all-MiniLM-L6-v2", "GEPETO_LOG_LEVEL": "off",
            "GEPETO_WEB_DIR": Self.root + "web", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
        ]
        environment.merge(self.environment) { $1 }
        let console = Console(width: nil, output: output, complaint: complaint)
        let context = Context(
            environment: environment, console: console, executable: Self.executable, terminated: terminated)
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
    private var loading: Task<(Scratch, Program.Outcome), any Error>?

    /// The program over a data folder with `corpus/` loaded as the course `algoritmos`, and what the loading said.
    func program() async throws -> (Program, Program.Outcome) {
        let task =
            loading
            ?? Task {
                let scratch = try Scratch()
                let outcome = await Program(data: scratch.path).run(
                    "ingest", Program.root + "corpus", "--course", "algoritmos")
                return (scratch, outcome)
            }
        loading = task
        let (scratch, outcome) = try await task.value
        return (Program(data: scratch.path), outcome)
    }
}

import Support

/// One word of the command line, or two: `gepeto ingest`, `gepeto eval answers`.
struct Verb: Sendable {
    let name: String
    let words: [String]
    let summary: String
    /// What stands behind the verb, for the help.
    let operands: String
    let options: [Option]
    /// More for the help, after the options.
    let notes: String
    /// Returns the exit code: 0 all well, 1 the work failed.
    let run: @Sendable (Arguments, Context) async throws -> Int32

    init(
        _ name: String, _ summary: String, operands: String = "", options: [Option] = [], notes: String = "",
        run: @escaping @Sendable (Arguments, Context) async throws -> Int32
    ) {
        self.name = name
        words = name.split(separator: " ").map(String.init)
        self.summary = summary
        self.operands = operands
        self.options = options + [Option("--help", short: "-h", "this text")]
        self.notes = notes
        self.run = run
    }

    var help: String {
        var text = "gepeto \(name)\(operands.isEmpty ? "" : " " + operands)\n\n\(summary)\n\nOptions:\n"
        let heads = options.map { option in
            (option.short.map { $0 + ", " } ?? "") + option.name + (option.value.map { " " + $0 } ?? "")
        }
        let width = heads.map(\.count).max() ?? 0
        for (head, option) in zip(heads, options) {
            text += "  " + head + String(repeating: " ", count: width - head.count) + "  " + option.help + "\n"
        }
        return notes.isEmpty ? text : text + "\n" + notes + "\n"
    }
}

/// What a verb works with: everything from outside comes in here, so that tests can run verbs in process.
struct Context: Sendable {
    let environment: [String: String]
    let console: Console
    /// The path of this program, for child processes.
    let executable: String
    /// Returns when the process shall end (SIGTERM or SIGINT).
    let terminated: @Sendable () async -> Void

    init(
        environment: [String: String], console: Console, executable: String,
        terminated: @escaping @Sendable () async -> Void
    ) {
        self.environment = environment
        self.console = console
        self.executable = executable
        self.terminated = terminated
    }

    /// How `work` ends; when the process shall end before, it is cancelled.
    func outcome<Value: Sendable>(
        of work: @escaping @Sendable () async throws -> Value
    ) async -> Result<Value, any Error> {
        let task = Task(operation: work)
        let interruption = Task {
            await terminated()
            task.cancel()
        }
        defer { interruption.cancel() }
        return await task.result
    }
}

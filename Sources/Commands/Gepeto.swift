import Extraction
import Glibc
import Support

/// The program: finds the verb, runs it and turns what it throws into a sentence and an exit code.
package enum Gepeto {
    static let version = "0.1.0"

    static let verbs: [Verb] = [
        IngestCommand.verb, SearchCommand.verb, AskCommand.verb, ServeCommand.verb, ExtractionCommand.verb,
        EmbedCommand.verb, EvalCommand.verb, EvalAnswersCommand.verb, UnansweredCommand.verb, InsightsCommand.verb,
        DigestCommand.verb, DeadLettersCommand.verb, UsersCommand.verb, CoursesCommand.verb, LTICommand.verb,
        BackupCommand.verb,
        RestoreCommand.verb, MCPCommand.verb, DoctorCommand.verb,
    ]

    /// Ends the process when it was started to read one document; else returns at once. Called before anything that starts
    /// a thread: the sandbox is entered by a process with one.
    package static func readDocumentIfAsked() { ExtractorChild.runIfAsked(CommandLine.arguments) }

    /// Runs the process's own command line and ends the process.
    package static func main() async -> Never {
        DataPrivacy.begin()
        let signals = TerminationSignals()
        let context = Context(
            environment: processEnvironment(), console: .standard,
            executable: (try? SelfPath.read()) ?? CommandLine.arguments.first ?? "gepeto",
            terminated: { await signals.wait() })
        exit(await run(Array(CommandLine.arguments.dropFirst()), context))
    }

    /// Runs one command line and returns the exit code: 0 all well, 1 the work failed, 2 wrong usage.
    static func run(_ words: [String], _ context: Context) async -> Int32 {
        let console = context.console
        guard let name = words.first, !["help", "--help", "-h"].contains(name) else {
            console.print(overview)
            return words.isEmpty ? 2 : 0
        }
        if name == "--version" {
            console.print("gepeto \(version)")
            return 0
        }
        guard let verb = verb(of: words) else {
            let hint = Arguments.suggestion(
                for: name, among: verbs.map(\.name), else: "'gepeto --help' lists what there is.")
            console.note("gepeto: there is no '\(name)'. \(hint)")
            return 2
        }
        do {
            let arguments = try Arguments(Array(words.dropFirst(verb.words.count)), options: verb.options)
            if arguments.has("--help") {
                console.print(verb.help)
                return 0
            }
            return try await verb.run(arguments, context)
        } catch let error as UsageError {
            console.note(
                "gepeto \(verb.name): \(error)\nUsage: gepeto \(verb.name) \(verb.operands) (--help for more)")
            return 2
        } catch {
            console.note("gepeto \(verb.name): \(error.sentence)")
            return 1
        }
    }

    /// The verb with the most words that the command line begins with: `eval answers` is another than `eval`.
    private static func verb(of words: [String]) -> Verb? {
        verbs.filter { words.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
    }

    static var overview: String {
        let width = verbs.map(\.name.count).max() ?? 0
        let lines = verbs.map { verb in
            "  " + verb.name + String(repeating: " ", count: width - verb.name.count) + "  " + verb.summary
        }
        return """
            gepeto \(version): answers students' questions from the course's own documents.

            \(lines.joined(separator: "\n"))

            'gepeto VERB --help' says more. Exit codes: 0 all well, 1 the work failed, 2 wrong usage.
            """
    }

    package static func processEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return environment
    }
}

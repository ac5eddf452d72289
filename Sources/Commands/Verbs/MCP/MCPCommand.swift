import ChatAdapters
import ChatService
import Glibc
import Support

/// `gepeto mcp`: a course as tools for programs that speak the Model Context Protocol (https://modelcontextprotocol.io),
/// over standard input and output, a JSON-RPC 2.0 message a line.
enum MCPCommand {
    static let verb = Verb(
        "mcp", "a course as tools for MCP clients, on standard input and output", operands: "--course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course whose material is offered"),
            Option("--staff", "also what the course's rules keep from students"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Tools: search_course (query, k) and get_passage (document, and chunk or page). Protocol revisions \
            \(MCPRevision.allCases.map(\.rawValue).joined(separator: ", ")).
            A message has at most 1 MiB. The course is only read, also while a server answers from it. Its rules for students
            hold: release dates, locks, documents that are not to be quoted. Complaints go to standard error. In a client's configuration:
              {"mcpServers": {"algoritmos": {"command": "gepeto",
                "args": ["mcp", "--course", "algoritmos", "--data", "/srv/gepeto/data"]}}}
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("'mcp' takes options only.") }
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "mcp", instead: "unset the setting to offer a course of a folder here.")
        let course = try CourseFolder.courseID(arguments, configuration)
        let embedder = try Wiring.embedder(configuration)
        let library = CourseFolder(
            data: configuration.data, embedder: embedder,
            calibration: try Wiring.calibration(configuration, embedder))
        guard try await library.file(for: course) != nil else { throw library.unknown(course) }
        context.console.note("gepeto mcp: the course '\(course)' is offered; waiting for a client.")
        // The thread that waits for a line cannot be called back.
        let ending = Task {
            await context.terminated()
            if !Task.isCancelled { exit(0) }
        }
        defer { ending.cancel() }
        let directory = try SQLiteDirectory(path: configuration.data + "/" + SQLiteDirectory.fileName)
        var session = MCPSession(
            tools: MCPCourseTools(
                course: course, library: library, policies: directory, isStaff: arguments.has("--staff")))
        let input = LineInput(descriptor: STDIN_FILENO)
        do {
            while case let lines = try await input.next(1), !lines.isEmpty {
                for line in lines {
                    if let reply = await session.answer(to: line) { context.console.print(reply) }
                }
            }
        } catch let failure as CommandFailure where failure.label == "line_too_long" {
            // Where the next message begins nobody knows.
            context.console.print(MCPReply.failure(.null, MCPError(.parse, "A message has more than 1 MiB.")).line)
            throw failure
        }
        return 0
    }
}

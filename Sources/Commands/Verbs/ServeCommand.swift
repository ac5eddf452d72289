import AWS
import ChatService
import Extraction
import Support
import WebServer

/// `gepeto serve`: API, WebSocket, page and worker in one process.
enum ServeCommand {
    static let verb = Verb(
        "serve", "API, WebSocket, page and worker in one process",
        options: [
            Option("--port", value: "N", "the port, 0 for any free one (default 8000)"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
            Option(
                "--role", value: "ROLE", "all (default), api or worker; the latter need places that processes share"),
        ], notes: Settings.help, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("'serve' takes options only.") }
        _ = try arguments.integer("--port", in: 0...65_535, default: 0)
        let (configuration, secrets, log) = try await Settings.load(arguments, context)
        try configuration.checkAuthentication()
        Sandbox.hideThisProcess()
        let readable = DataPrivacy(data: configuration.data).shut()
        if !readable.isEmpty {
            log.warning(
                "others on this machine can read what is kept of people", ["files": readable.joined(separator: ", ")])
        }
        let parts = try await ServeParts(configuration, log: log)
        let outcome = await Task { try await serve(parts, secrets, configuration, context, log: log) }.result
        await parts.client.shutDown()
        await parts.stores.close()
        try outcome.get()
        return 0
    }

    /// Until the process shall end.
    private static func serve(
        _ parts: ServeParts, _ secrets: Secrets?, _ configuration: Configuration, _ context: Context, log: Log
    ) async throws {
        await parts.tidy()
        let role = configuration.role
        let operatorPort = try OperatorPort.server(configuration, parts.metrics.registry, log: log)
        var services = parts.commonServices(log: log)
        if let operatorPort { services.append(operatorPort) }
        if let secrets { services.append(secrets) }
        let workers = role.hasWorkers ? try await parts.workerServices(configuration, context, log: log) : []
        // Ended in reverse: first nothing new is taken, then the workers finish what they have in hand, while sockets and
        // streams still hear of it; then the streams end, and only then the server goes.
        if role.hasRoutes {
            let server = try parts.webServer(configuration, log: log)
            parts.metrics.watch(server)
            services += [parts.watch, server, parts.readiness.farewell] + workers
            services.append(FrontDoor(server: server, readiness: parts.readiness, sockets: configuration.socketGrace))
            announce(server, configuration, context.console)
        } else {
            services += workers
            context.console.print("gepeto works on questions and uploads, without an address of its own.")
        }
        if let operatorPort { context.console.print("Metrics at port \(operatorPort.port), path /metrics.") }
        let group = ServiceGroup(services, grace: configuration.duration("GEPETO_SHUTDOWN_GRACE"), log: log)
        let sandbox = Task { await tellOfSandbox(context.executable, log) }
        defer { sandbox.cancel() }
        try await group.run(until: context.terminated)
    }

    /// Logs once what the readers of documents are not kept from on this machine.
    private static func tellOfSandbox(_ executable: String, _ log: Log) async {
        do {
            let shortcomings = try await ExtractionProcess(executable: executable).report().shortcomings
            guard !shortcomings.isEmpty else { return }
            log.warning(
                "documents are read with less protection than there could be",
                ["missing": shortcomings.joined(separator: "; ")])
        } catch is CancellationError {
        } catch {
            log.warning("the sandbox for documents could not be tried", ["reason": error.sentence])
        }
    }

    private static func announce(_ server: WebServer, _ configuration: Configuration, _ console: Console) {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let address = "http://\(host):\(server.port)"
        console.print("gepeto is serving \(address)")
        let page = WebPage(configuration)
        console.print(
            """
            Try: curl -s \(address)/api/chat -H 'Content-Type: application/json' \\
                   -d '{"message": "O que é recursão?"}'
            and follow the answer at \(address)/api/jobs/JOBID/events\(page.isThere ? ", or open \(address) in a browser." : ".")
            """)
        if !page.isThere { console.note("gepeto serve: there is no page at /, only the API: \(page.missing)") }
    }
}

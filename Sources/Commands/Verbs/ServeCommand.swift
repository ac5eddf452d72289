import AWS
import ChatAdapters
import ChatService
import Embedding
import Extraction
import HTTPClient
import Ingest
import Support
import WebServer

/// `gepeto serve`: API, WebSocket, page and worker in one process.
enum ServeCommand {
    static let verb = Verb(
        "serve", "API, WebSocket, page and worker in one process",
        options: [
            Option("--port", value: "N", "the port, 0 for any free one (default 8000)"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
            Option("--role", value: "ROLE", "all (default); api and worker need a queue that processes share"),
        ], notes: Settings.help, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("'serve' takes options only.") }
        _ = try arguments.integer("--port", in: 0...65_535, default: 0)
        let configuration = try Configuration(arguments, context)
        try configuration.checkAuthentication()
        let log = Log(level: configuration.logLevel, service: configuration.serviceName)
        let telemetry = try Telemetry(configuration)
        Sandbox.hideThisProcess()
        let readable = DataPrivacy(data: configuration.data).shut()
        if !readable.isEmpty {
            log.warning(
                "others on this machine can read what is kept of people", ["files": readable.joined(separator: ", ")])
        }
        let parts = try Parts(configuration, telemetry, log: log)

        await parts.originals.run()
        let server = try parts.webServer(configuration, log: log)
        let operatorPort = try OperatorPort.server(configuration, parts.metrics.registry, log: log)
        parts.metrics.watch(server)
        // Ended in reverse: first nothing new is taken, then the workers finish what they have in hand, while sockets and
        // streams still hear of it; then the streams end, and only then the server goes.
        let workers = parts.workerServices(configuration, context, log: log)
        let services =
            telemetry.services(parts.metrics, client: parts.client, log: log) + [operatorPort].compactMap { $0 }
            + [parts.sweeper(log: log), parts.watch, server, parts.readiness.farewell] + workers
            + [FrontDoor(server: server, readiness: parts.readiness, sockets: configuration.socketGrace)]
        announce(server, configuration, context.console)
        if let operatorPort { context.console.print("Metrics at port \(operatorPort.port), path /metrics.") }
        let group = ServiceGroup(services, grace: configuration.duration("GEPETO_SHUTDOWN_GRACE"), log: log)
        let sandbox = Task { await tellOfSandbox(context.executable, log) }
        let outcome = await Task { try await group.run(until: context.terminated) }.result
        sandbox.cancel()
        await parts.client.shutDown()
        await parts.stores.close()
        try outcome.get()
        return 0
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

/// What the services of one process share.
private struct Parts {
    let embedder: SentenceEmbedder
    let library: CourseFolder
    let stores: Stores
    let client: HTTPClient
    let answerer: Answerer
    let gate: PolicyGate
    let running = RunningJobs()
    let metrics: ServiceMetrics
    let watch: AnswerRateWatch
    let documents: DocumentDesk
    let originals: OriginalTidying
    let readiness: Readiness

    init(_ configuration: Configuration, _ telemetry: Telemetry, log: Log) throws {
        metrics = ServiceMetrics(limits: configuration.jobLimits, tracer: telemetry.tracer)
        embedder = try Wiring.embedder(configuration)
        library = CourseFolder(
            data: configuration.data, embedder: embedder,
            calibration: try Wiring.calibration(configuration, embedder), log: log)
        let stores = try Stores(configuration, log: log)
        self.stores = stores
        let (chat, library) = (stores.chat, library)
        client = HTTPClient(log: log)
        gate = PolicyGate(policies: PolicyCache(stores.people, time: chat.time), usage: chat, time: chat.time)
        let model = try Wiring.model(
            configuration, embedder: embedder, client: client, metrics: metrics.models, log: log)
        answerer = try Wiring.answerer(
            configuration, library: library, model: model,
            rewriter: try Wiring.rewriter(configuration, client: client, metrics: metrics.models, log: log),
            embedder: embedder, linksOriginals: true, log: log)
        let originals = OriginalShelf(
            store: OriginalStore(folder: configuration.data + "/originals"), documents: chat, courses: library,
            log: log)
        documents = DocumentDesk(
            documents: chat, courses: library, directory: chat, originals: originals, running: running,
            publisher: TerminalPublisher(ledger: chat, sessions: stores.sessions, log: log), metrics: metrics.chat,
            log: log)
        documents.sweep()
        self.originals = OriginalTidying(originals: originals.store, courses: library, uploads: chat, log: log)
        let watch = AnswerRateWatch(record: chat, parameters: configuration.answerRateParameters, log: log)
        self.watch = watch
        metrics.watch(chat, limits: configuration.jobLimits, data: configuration.data)
        metrics.watch(watch)
        metrics.watch(model)
        // One entry a provider; which there are is settled by now.
        let breakers: [Readiness.Check] = model.health.map { each in
            ("breaker_" + each.provider, { model.health.first { $0.provider == each.provider }?.isWell ?? true })
        }
        let others: [Readiness.Check] = [
            (name: "courses", isWell: { library.hasCourses }),
            (name: "queue", isWell: { (try? await chat.hasRoom()) == true }),
            // Whether there is one at all: how a provider fares shows only when it is asked.
            (name: "model", isWell: { model.provider != "none" }),
            // Whether questions get good answers, whatever else is well.
            (name: "answers", isWell: { !watch.sight.isLow }),
        ]
        readiness = Readiness(store: { try await chat.check() }, others: others + breakers)
    }

    /// The store's, counting what ends.
    private var ledger: MeasuredLedger { MeasuredLedger(stores.chat, metrics.chat, time: stores.chat.time) }

    func sweeper(log: Log) -> Sweeper {
        Sweeper(
            ledger: ledger, sessions: stores.sessions, retention: stores.chat, running: running, time: stores.chat.time,
            log: log)
    }

    func workerServices(_ configuration: Configuration, _ context: Context, log: Log) -> [any Service] {
        let (chat, sessions, ledger) = (stores.chat, stores.sessions, ledger)
        let queue = MeasuredQueue(chat, metrics.chat, time: chat.time)
        let answering = GovernedAnswering(answerer, gate: gate, time: chat.time, log: log)
        let worker = Worker(
            queue: queue, ledger: ledger, history: chat, sessions: sessions, answering: answering, running: running,
            parameters: configuration.workerParameters, metrics: metrics.chat, time: chat.time, log: log)
        let ingesting = CourseIngesting(
            folder: library, embedder: embedder, extraction: ExtractionProcess(executable: context.executable),
            originals: documents.originals.store, log: log)
        let ingestWorker = IngestWorker(
            queue: queue, ledger: ledger, documents: chat, sessions: sessions, ingesting: ingesting,
            originals: documents.originals, running: running, parameters: configuration.ingestParameters,
            tracer: metrics.chat.tracer, time: chat.time, log: log)
        let protection = TaskProtection.service(configuration, running, client: client, log: log)
        return [protection].compactMap { $0 } + [worker, ingestWorker]
    }

    func webServer(_ configuration: Configuration, log: Log) throws -> WebServer {
        let (chat, people) = (stores.chat, stores.people)
        let revoked = RevokedTokens()
        let keySets = KeySetCache(source: HTTPSKeySetSource(client: client), log: log)
        let api = ChatAPI(
            ChatAPI.Dependencies(
                intake: chat, history: chat, sessions: stores.sessions, ledger: ledger, deadLetters: chat,
                library: library, documents: documents, memberships: people, audit: people, gate: gate, quizzes: chat,
                tokens: people, feedback: chat, insights: chat, conversationSearch: chat,
                topics: Wiring.topics(insights: chat, library: library, embedder: embedder),
                identity: try configuration.identity(stores, revoked: revoked),
                authenticator: try configuration.authenticator(keySets, revoked: revoked),
                origins: try configuration.origins(), lti: try configuration.lti(people, keySets),
                limiter: RateLimiter(
                    perMinute: configuration.integer("GEPETO_RATE_PER_MINUTE"),
                    burst: configuration.integer("GEPETO_RATE_BURST")),
                running: running, readiness: readiness, metrics: metrics.chat,
                deadline: configuration.duration("GEPETO_REQUEST_DEADLINE"),
                log: log))
        var router = Router()
        api.install(in: &router)
        if configuration.text("GEPETO_WEB_DIR") != nil {
            WebPage(configuration).install(in: &router, origins: configuration.embedOrigins)
        }
        return try WebServer(configuration.server, router: router, log: log)
    }
}

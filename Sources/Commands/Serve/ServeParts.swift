import AWS
import ChatAdapters
import ChatService
import Embedding
import Extraction
import HTTPClient
import Ingest
import Support
import WebServer

/// What the services of one process share.
struct ServeParts: Sendable {
    let embedder: SentenceEmbedder
    let library: CourseFolder
    /// The courses in S3; nil where they are in the data folder.
    private let courses: CloudCourses?
    private let tidying: OriginalTidying?
    let stores: Stores
    let client: HTTPClient
    let answerer: Answerer
    let gate: PolicyGate
    let running = RunningJobs()
    private let telemetry: Telemetry
    let metrics: ServiceMetrics
    let watch: AnswerRateWatch
    let documents: DocumentDesk
    let readiness: Readiness

    init(_ configuration: Configuration, log: Log) async throws {
        telemetry = try Telemetry(configuration)
        metrics = ServiceMetrics(limits: configuration.jobLimits, tracer: telemetry.tracer)
        embedder = try Wiring.embedder(configuration)
        let calibration = try Wiring.calibration(configuration, embedder)
        let stores = try await Stores.open(configuration, log: log)
        self.stores = stores
        do {
            courses = try await stores.documents?.courses(space: embedder.space)
        } catch {
            await stores.close()
            throw error
        }
        library = CourseFolder(
            courses ?? LocalCourses(data: configuration.data), embedder: embedder, calibration: calibration, log: log)
        let (chat, library) = (stores.chat, library)
        client = HTTPClient(log: log)
        gate = PolicyGate(policies: PolicyCache(stores.people, time: chat.time), usage: chat, time: chat.time)
        let model = try Wiring.model(
            configuration, embedder: embedder, client: client, metrics: metrics.models, log: log)
        answerer = try Wiring.answerer(
            configuration, library: library, model: model,
            rewriter: try Wiring.rewriter(
                configuration, client: client, cache: stores.cache, metrics: metrics.models, log: log),
            embedder: embedder, linksOriginals: true, log: log)
        let originals = OriginalShelf(
            store: OriginalStore(folder: configuration.data + "/originals"), archive: stores.documents?.originals,
            documents: chat, courses: library, log: log)
        documents = DocumentDesk(
            documents: chat, courses: library, directory: chat, originals: originals, running: running,
            publisher: TerminalPublisher(ledger: chat, sessions: stores.sessions, log: log), metrics: metrics.chat,
            log: log)
        documents.sweep()
        // What S3 has is everybody's: no process may tidy it by what it knows alone.
        tidying =
            stores.documents == nil
            ? OriginalTidying(originals: originals.store, courses: library, uploads: chat, log: log) : nil
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
        readiness = Readiness(store: { try await chat.check() }, others: others + stores.checks + breakers)
    }

    /// The store's, counting what ends.
    private var ledger: MeasuredLedger { MeasuredLedger(stores.chat, metrics.chat, time: stores.chat.time) }

    /// Removes what nobody needs of the originals: before the first upload.
    func tidy() async { await tidying?.run() }

    /// What every process has.
    func commonServices(log: Log) -> [any Service] {
        var services = telemetry.services(metrics, client: client, log: log)
        if let courses { services.append(CourseCopyRenewal(courses.copies, log: log)) }
        if let pusher = stores.gateway?.pusher { services.append(pusher) }
        return services
    }

    /// In the order in which they begin; what all others need is ended last.
    func workerServices(
        _ configuration: Configuration, _ context: Context, log: Log
    ) async throws -> [any Service] {
        let sweeper = Sweeper(
            ledger: ledger, sessions: stores.sessions, retention: stores.chat, running: running, time: stores.chat.time,
            log: log)
        var services: [any Service] = stores.sweepers + [sweeper]
        let (chat, sessions, ledger) = (stores.chat, stores.sessions, ledger)
        var (answers, documentParameters) = (configuration.workerParameters, configuration.ingestParameters)
        answers.poll = stores.poll ?? answers.poll
        documentParameters.poll = stores.poll ?? documentParameters.poll
        let queue = MeasuredQueue(chat, metrics.chat, time: chat.time)
        let answering = GovernedAnswering(answerer, gate: gate, time: chat.time, log: log)
        let worker = Worker(
            queue: queue, ledger: ledger, history: chat, sessions: sessions, answering: answering, running: running,
            parameters: answers, metrics: metrics.chat, time: chat.time, log: log)
        let extraction = ExtractionProcess(executable: context.executable)
        var (ingesting, uploads) = (
            CourseIngesting(
                folder: library, embedder: embedder, extraction: extraction, originals: documents.originals, log: log),
            queue as any JobQueue
        )
        if let cloud = stores.documents, let courses {
            let ingestion = try await cloud.ingestion(courses, documents: chat, space: embedder.space)
            ingesting = CourseIngesting(
                embedder: embedder, extraction: extraction, originals: documents.originals, log: log,
                write: ingestion.write)
            uploads = ingestion.queue(queue)
            services.append(cloud.lease)
        }
        let ingestWorker = IngestWorker(
            queue: uploads, ledger: ledger, documents: chat, sessions: sessions, ingesting: ingesting,
            originals: documents.originals, running: running, parameters: documentParameters,
            tracer: telemetry.tracer, time: chat.time, log: log)
        if let protection = TaskProtection.service(configuration, running, client: client, log: log) {
            services.append(protection)
        }
        return services + [worker, ingestWorker]
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
                limiter: stores.limiter,
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

import AWS
import ChatAdapters
import ChatService
import Exporters
import HTTPClient
import Ingest
import Support
import WebServer

/// What the function behind API Gateway leans on: the routes and the desk for sockets over the stores that all processes
/// share. It searches nothing, so it has neither an embedding model nor files of courses.
package struct QuestionDoor: Sendable {
    /// Pings of Redis before an event is answered all the same, and how long is between two.
    private static let looks = 20
    private static let pause = Duration.milliseconds(100)

    package let router: Router
    package let desk: SocketDesk
    package let sockets: GatewaySockets
    /// Of GEPETO_PUBLIC_URL.
    package let host: String
    package let log: Log
    private let sessions: Readiness.Check?
    /// For when the process ends.
    package let close: @Sendable () async -> Void

    /// - Throws: what says which setting is wrong.
    package static func open(_ environment: [String: String]) async throws -> QuestionDoor {
        var configuration = try Configuration(environment: environment)
        let log = Log(
            level: configuration.logLevel, service: OTLPSettings.serviceName(environment) ?? "gepeto-function")
        if let path = configuration.secretsPath {
            let secrets = try Secrets(try CloudClients(environment, log: log).client(.ssm), path: path, log: log)
            try await secrets.load()
            configuration = try Configuration(environment: environment, secrets: secrets)
        }
        try configuration.checkAuthentication()
        guard !configuration.isOpen, let url = configuration.text("GEPETO_PUBLIC_URL") else {
            throw CommandFailure(
                "bad_setting", "The function needs GEPETO_AUTH=jwt, and GEPETO_PUBLIC_URL: the origin that clients use."
            )
        }
        let stores = try await Stores.open(configuration, isFunction: true, log: log)
        do {
            return try QuestionDoor(configuration, url, stores, log: log)
        } catch {
            await stores.close()
            throw error
        }
    }

    private init(_ configuration: Configuration, _ url: String, _ stores: Stores, log: Log) throws {
        guard let gateway = stores.gateway, let snapshots = stores.documents?.snapshots else {
            throw CommandFailure(
                "bad_setting",
                "The function needs places that processes share: GEPETO_QUEUE, GEPETO_DOCUMENT_QUEUE, GEPETO_HISTORY, GEPETO_SESSIONS, GEPETO_DIRECTORY and GEPETO_DOCUMENTS."
            )
        }
        let client = HTTPClient(log: log)
        let api = try Self.api(configuration, stores, CourseNames(snapshots), client: client, log: log)
        var router = Router()
        api.install(in: &router)
        self.router = router
        desk = SocketDesk(api)
        sockets = gateway.sockets
        host = url.firstRange(of: "://").map { String(url[$0.upperBound...].prefix { $0 != "/" }) } ?? url
        self.log = log
        sessions = stores.checks.first { $0.name == "sessions" }
        close = {
            await client.shutDown()
            await stores.close()
        }
    }

    private static func api(
        _ configuration: Configuration, _ stores: Stores, _ library: CourseNames, client: HTTPClient, log: Log
    ) throws -> ChatAPI {
        let (chat, people, running, elsewhere) = (stores.chat, stores.people, RunningJobs(), ServedElsewhere())
        let revoked = RevokedTokens()
        let keySets = KeySetCache(source: HTTPSKeySetSource(client: client), log: log)
        let originals = OriginalShelf(
            store: OriginalStore(folder: configuration.data + "/originals"), documents: chat, courses: elsewhere,
            log: log)
        let documents = DocumentDesk(
            documents: chat, courses: elsewhere, directory: chat, originals: originals, running: running,
            publisher: TerminalPublisher(ledger: chat, sessions: stores.sessions, log: log), log: log)
        return ChatAPI(
            ChatAPI.Dependencies(
                intake: chat, history: chat, sessions: stores.sessions, ledger: chat, deadLetters: chat,
                library: library, documents: documents, memberships: people, audit: people,
                gate: PolicyGate(policies: PolicyCache(people, time: chat.time), usage: chat, time: chat.time),
                quizzes: chat, tokens: people, feedback: chat, insights: chat, conversationSearch: chat,
                topics: TopicBoard(insights: chat, library: library) { _ in throw ServedElsewhere.Refusal() },
                identity: try configuration.identity(stores, revoked: revoked),
                authenticator: try configuration.authenticator(keySets, revoked: revoked),
                origins: try configuration.origins(), limiter: stores.limiter, running: running,
                readiness: Readiness(store: { try await chat.check() }),
                deadline: configuration.duration("GEPETO_REQUEST_DEADLINE"), log: log))
    }

    /// Waits a moment for Redis: its connection may have died while the process was frozen, and a new one takes a moment.
    package func awaken() async {
        for _ in 0..<Self.looks {
            if await sessions?.isWell() ?? true { return }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }
}

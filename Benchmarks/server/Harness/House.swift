import ChatAdapters
import ChatService
import HTTPClient
import Ingest
import Support
import WebServer

@testable import Commands

/// The parts of `gepeto serve` without its workers, over one empty course `algoritmos`.
struct House {
    let configuration: Configuration
    let store: SQLiteChatStore
    let readiness: Readiness
    private let directory: SQLiteDirectory
    private let library: CourseFolder
    private let documents: DocumentDesk
    private let topics: TopicBoard
    private let running = RunningJobs()
    private let client: HTTPClient
    private let log: Log

    init(_ configuration: Configuration, log: Log) async throws {
        self.configuration = configuration
        self.log = log
        client = HTTPClient(log: log)
        let embedder = try Wiring.embedder(configuration)
        let library = CourseFolder(data: configuration.data, embedder: embedder, log: log)
        let store = try SQLiteChatStore(path: configuration.data + "/gepeto.sqlite", limits: configuration.jobLimits)
        directory = try SQLiteDirectory(path: configuration.directoryPath)
        _ = try await library.makeCourse(CourseID("algoritmos"))
        let originals = OriginalShelf(
            store: OriginalStore(folder: configuration.data + "/originals"), documents: store, courses: library,
            log: log)
        documents = DocumentDesk(
            documents: store, courses: library, directory: store, originals: originals, running: running,
            publisher: TerminalPublisher(ledger: store, sessions: store, log: log), log: log)
        topics = Wiring.topics(insights: store, library: library, embedder: embedder)
        readiness = Readiness(store: { try await store.check() })
        self.library = library
        self.store = store
    }

    func install(in router: inout Router, keepsInMemory: Bool) throws {
        let intake: any Intake = keepsInMemory ? MemoryIntake() : store
        ChatAPI(
            ChatAPI.Dependencies(
                intake: intake, history: store, sessions: store, ledger: store, deadLetters: store,
                library: library, documents: documents, memberships: directory, audit: directory,
                gate: PolicyGate(policies: PolicyCache(directory), usage: store, time: SystemTime()), quizzes: store,
                tokens: directory, feedback: store, insights: store, conversationSearch: store, topics: topics,
                identity: Identity(invitations: directory, erasure: store),
                authenticator: try configuration.authenticator(
                    KeySetCache(source: HTTPSKeySetSource(client: client), log: log)),
                origins: try configuration.origins(),
                limiter: RateLimiter(perMinute: 1_000_000_000, burst: 1_000_000_000), running: running,
                readiness: readiness, deadline: configuration.duration("GEPETO_REQUEST_DEADLINE"), log: log)
        ).install(in: &router)
        if let folder = configuration.text("GEPETO_WEB_DIR") {
            router.files(at: "/", folder: folder, headers: ServedPage.headers)
        }
    }
}

/// What `gepeto serve` sends with every file of its page.
enum ServedPage {
    static let headers = [
        (name: "content-security-policy", value: "frame-ancestors 'none'"),
        (name: "referrer-policy", value: "no-referrer"),
    ]
}

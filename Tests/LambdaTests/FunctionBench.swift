import AWS
import ChatService
import Foundation
import HTTPClient
import Ingest
import Support
import TestSupport
import WebServer

@testable import ChatAdapters
@testable import Lambda

/// The function over the cloud's stores: moto's table and queue, a real Redis, and processes that answer and send.
final class FunctionBench: Sendable {
    let redis: PusherBench
    let function: GatewayFunction
    /// What the worker, another process, leans on.
    let store: CloudChatStore
    let sessions: PushedSessions
    private let issuer: TokenIssuer
    private let folder: TemporaryFolder
    private let directory: SQLiteDirectory

    init() async throws {
        let redis = try await PusherBench()
        self.redis = redis
        let http = HTTPClient(log: .silent)
        func client(_ service: AWSService) async throws -> AWSClient {
            AWSClient(
                try AWSEndpoint(service, region: "eu-west-1", url: try await MotoServer.shared().url),
                credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")), http: http)
        }
        let (dynamo, sqs) = (try await client(.dynamoDB), try await client(.sqs))
        let name = "t\(RandomIdentifier.make())"
        try await TableSchema.create(dynamo, table: name, deadline: Self.patience)
        struct Queue: Decodable, Sendable { let QueueUrl: String }
        var queues: [String] = []
        for kind in ["questions", "documents"] {
            let input = ["QueueName": "\(name)-\(kind)"]
            queues.append(
                try await sqs.call("CreateQueue", input, as: Queue.self, deadline: Self.patience).QueueUrl)
        }
        func store(_ sessions: any Sessions) throws -> CloudChatStore {
            CloudChatStore(
                table: DynamoTable(DynamoDB(dynamo, table: name), deadline: Self.patience),
                questions: SQSMessages(try SQS(sqs, queueURL: queues[0]), deadline: Self.patience),
                documents: SQSMessages(try SQS(sqs, queueURL: queues[1]), deadline: Self.patience),
                sessions: sessions)
        }
        // The process that answers and sends…
        sessions = try redis.process().sessions
        self.store = try store(sessions)
        // …and the function, which does neither.
        let sockets = redis.sockets
        let own = PushedSessions(try redis.plainSessions()) { try await sockets.wake($0) }
        let secret = String(repeating: "0123456789abcdef", count: 2)
        issuer = TokenIssuer(secrets: try SharedSecrets(signing: secret), issuer: "here", audience: "gepeto")
        folder = try TemporaryFolder()
        directory = try SQLiteDirectory(path: folder.file(SQLiteDirectory.fileName))
        let api = try Self.api(
            store: try store(own), sessions: own, directory: directory, folder: folder,
            authenticator: try JWTAuthenticator(secret: secret, issuer: "here", audience: "gepeto"))
        var router = Router()
        api.install(in: &router)
        function = GatewayFunction(
            router: router, desk: SocketDesk(api), sockets: sockets, host: "tutor.example.org", log: .silent)
    }

    private static let patience = Duration.seconds(60)

    private static func api(
        store: CloudChatStore, sessions: any Sessions, directory: SQLiteDirectory, folder: TemporaryFolder,
        authenticator: any Authenticator
    ) throws -> ChatAPI {
        let library = try ScriptedLibrary(["algoritmos"])
        let shelf = ScriptedDocuments(library)
        let running = RunningJobs()
        return ChatAPI(
            ChatAPI.Dependencies(
                intake: store, history: store, sessions: sessions, ledger: store, deadLetters: store,
                library: library,
                documents: DocumentDesk(
                    documents: store, courses: shelf, directory: store,
                    originals: OriginalShelf(
                        store: OriginalStore(folder: folder.file("originals")), documents: store, courses: shelf,
                        log: .silent), running: running,
                    publisher: TerminalPublisher(ledger: store, sessions: sessions, log: .silent), log: .silent),
                memberships: directory, audit: directory,
                gate: PolicyGate(policies: directory, usage: store, time: SystemTime()), quizzes: store,
                tokens: directory, feedback: store, insights: store, conversationSearch: store,
                topics: TopicBoard(insights: store, library: library, embed: { try await HashEmbedder().embed($0) }),
                identity: Identity(invitations: directory, erasure: store), authenticator: authenticator,
                origins: try OriginGuard(publicURL: "https://tutor.example.org"), running: running,
                readiness: Readiness(store: { true }), log: .silent))
    }

    /// A member's token.
    func token(_ user: String = "ana", lasting: Duration = .seconds(600)) throws -> String {
        issuer.access(
            for: Principal(user: UserID(user), claimed: [try CourseID("algoritmos"): .student]), lasting: lasting)
    }

    struct Reply: Decodable {
        let statusCode: Int
        let headers: [String: String]
        let body: String?

        func json(_ name: String) throws -> String? {
            let object = try JSONSerialization.jsonObject(with: Data((body ?? "").utf8)) as? [String: Any]
            return object?[name] as? String
        }
    }

    func invoke(_ name: String, _ changes: [String: Any?], trace: TracingHeader? = nil) async throws -> Reply {
        let invocation = Invocation(id: "1", event: try EventFixture.bytes(name, changes), trace: trace)
        return try JSONDecoder().decode(Reply.self, from: Data(try await function.answer(invocation)))
    }

    /// Answers questions until it is cancelled.
    func work() -> Task<Void, any Error> {
        let worker = Worker(
            queue: store, ledger: store, history: store, sessions: sessions,
            answering: ScriptedAnswering([[.report(.delta(stream: 1, "Answer "))]]), running: RunningJobs(),
            log: .silent)
        return Task { try await worker.run() }
    }

    func stop() async {
        await redis.stop()
        await directory.close()
    }
}

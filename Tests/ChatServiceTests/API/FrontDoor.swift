import ChatAdapters
import ChatService
import Foundation
import Ingest
import Support
import TestSupport
import Testing
import WebServer

/// The API over a `ChatHouse`, called within the process: what a client of the server sees, without sockets.
struct FrontDoor {
    let house: ChatHouse
    let readiness: Readiness
    /// The documents of the courses.
    let shelf: ScriptedDocuments
    let router: Router
    /// Who belongs to which course.
    let directory: SQLiteDirectory
    let api: ChatAPI

    init(
        courses: [String] = ["algoritmos"], limits: JobLimits = JobLimits(), perMinute: Int = 6000, burst: Int = 1000,
        authenticator: any Authenticator = OpenAuthenticator(), origins: OriginGuard = .loopback,
        library: (any CourseLibrary)? = nil, ledger: ((ChatHouse) -> any JobLedger)? = nil,
        identity: ((ChatHouse, SQLiteDirectory) -> Identity)? = nil, tracer: Tracer? = nil, log: Log = .silent
    ) throws {
        let house = try ChatHouse(limits: limits, tracer: tracer)
        self.house = house
        let readiness = Readiness(store: { try await house.store.check() }, others: [("model", { false })])
        self.readiness = readiness
        let library = try library ?? ScriptedLibrary(courses)
        let shelf = ScriptedDocuments(library)
        self.shelf = shelf
        let documents = DocumentDesk(
            documents: house.store, courses: shelf, directory: house.store,
            originals: OriginalShelf(
                store: OriginalStore(folder: house.folder.file("originals")), documents: house.store, courses: shelf,
                log: .silent), running: house.running,
            publisher: TerminalPublisher(ledger: house.store, sessions: house.store, log: .silent),
            metrics: house.metrics, log: log)
        let directory = try SQLiteDirectory(path: house.folder.file(SQLiteDirectory.fileName), time: house.time)
        self.directory = directory
        let api = ChatAPI(
            ChatAPI.Dependencies(
                intake: house.store, history: house.store, sessions: house.store,
                ledger: ledger?(house) ?? house.ledger,
                deadLetters: house.store, library: library, documents: documents, memberships: directory,
                audit: directory,
                gate: PolicyGate(policies: directory, usage: house.store, time: house.time), quizzes: house.store,
                tokens: directory, feedback: house.store, insights: house.store, conversationSearch: house.store,
                topics: TopicBoard(
                    insights: house.store, library: library, embed: { try await HashEmbedder().embed($0) },
                    time: house.time),
                identity: identity?(house, directory) ?? Identity(invitations: directory, erasure: house.store),
                authenticator: authenticator, origins: origins,
                limiter: RateLimiter(perMinute: perMinute, burst: burst, time: house.time), running: house.running,
                readiness: readiness, metrics: house.metrics, time: house.time, log: log))
        self.api = api
        var router = Router()
        api.install(in: &router)
        self.router = router
    }

    /// What came back.
    struct Reply {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]
        var text: String { String(decoding: bytes, as: UTF8.self) }

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value { try JSONText.decode(type, from: text) }
    }

    func send(
        _ method: HTTPMethod, _ target: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        try await send(method, target, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func send(_ method: HTTPMethod, _ target: String, bytes: [UInt8]?, headers: HTTPFields = [:]) async throws -> Reply
    {
        var fields: HTTPFields = ["host": "127.0.0.1:8000"]
        if bytes != nil { fields["content-type"] = "application/json" }
        for field in headers { fields[field.name] = field.value.isEmpty ? nil : field.value }
        let response = await router.respond(
            to: try HTTPRequest(method, target, headers: fields, body: bytes ?? []))
        let received = Locked<[UInt8]>([])
        switch response.body {
        case .bytes(let bytes): received.withLock { $0 = bytes }
        case .stream(let write):
            try await write(ResponseStream { bytes in received.withLock { $0 += bytes } })
        default: break
        }
        return Reply(status: response.status, headers: response.headers, bytes: received.withLock { $0 })
    }

    /// The head of what would be sent, for files too.
    func respond(_ method: HTTPMethod, _ target: String, headers: HTTPFields = [:]) async throws -> HTTPResponse {
        var fields = headers
        fields["host"] = "127.0.0.1:8000"
        return await router.respond(to: try HTTPRequest(method, target, headers: fields))
    }

    /// Asks and returns the body of the 202.
    func ask(_ message: String = "O que é recursão?", more: String = "") async throws -> AcceptedReply {
        let reply = try await send(.post, "/api/chat", "{\"message\": \(message.jsonQuoted)\(more)}")
        #expect(reply.status == 202, "\(reply.text)")
        return try reply.json(AcceptedReply.self)
    }
}

struct AcceptedReply: Decodable, Equatable {
    let jobId: String
    let conversationId: String
    let sessionId: String
    let traceId: String
    let status: String
    let timestamp: Int64
}

struct ProblemReply: Decodable {
    struct FieldError: Decodable {
        let pointer: String
        let detail: String
    }

    let type: String
    let title: String
    let status: Int
    let detail: String
    let traceId: String
    let errors: [FieldError]?
    let denial: DenialFacts?
}

/// What lies in a folder; nothing where there is none.
enum FileNames {
    static func of(_ folder: String) throws -> [String] {
        FileManager.default.fileExists(atPath: folder)
            ? try FileManager.default.contentsOfDirectory(atPath: folder).sorted() : []
    }
}

import AWS
import ChatAdapters
import ChatService
import Redis
import Support

/// Conversations and jobs in DynamoDB, SQS and Redis; for a server, and for verbs that look into what servers share.
struct CloudChat: Sendable {
    /// Of one call, for the look at the start whether things are there.
    private static let startPatience = Duration.seconds(5)
    /// Looks at a Redis that is away, before the start goes on without it.
    private static let looks = 5

    /// What a process has to do with sockets at API Gateway.
    enum Gateway: Sendable {
        case none
        /// Notes that there is something to tell; others send it.
        case notes
        /// Sends what there is to tell, to that address.
        case sends(String)

        init(_ configuration: Configuration, _ isFunction: Bool) {
            self = isFunction ? .notes : configuration.text("GEPETO_CONNECTIONS").map { .sends($0) } ?? .none
        }
    }

    let store: CloudChatStore
    let sessions: RedisSessions
    /// Where events are appended: the sessions, or what also wakes sockets at API Gateway.
    let told: any Sessions
    /// nil where there are no such sockets.
    let gateway: SocketGateway?
    let clients: CloudClients
    let table: DynamoDB

    /// - Throws: what says which setting is wrong.
    static func open(
        _ places: CloudPlaces, _ configuration: Configuration, gateway kind: Gateway = .none, log: Log
    ) async throws -> CloudChat {
        let clients = CloudClients(configuration.environment, log: log)
        try await checkTable(places.table, clients)
        for queue in [places.questions, places.documents] { try await checkQueue(queue, clients) }
        let sessions = RedisSessions(places.sessions, log: log)
        do {
            try await check(sessions, log: log)
            let gateway: SocketGateway? =
                switch kind {
                case .none: nil
                case .notes: try SocketGateway(sessions, posts: nil, clients: clients, log: log)
                case .sends(let url): try SocketGateway(sessions, posts: url, clients: clients, log: log)
                }
            let told: any Sessions = gateway?.sessions ?? sessions
            let table = try clients.table(places.table)
            let store = CloudChatStore(
                dynamo: table, questions: try clients.queue(places.questions),
                documents: try clients.queue(places.documents), sessions: told, eraser: sessions,
                limits: configuration.jobLimits, retention: configuration.retention,
                patience: try clients.standInPatience(), log: log)
            return CloudChat(
                store: store, sessions: sessions, told: told, gateway: gateway, clients: clients, table: table)
        } catch {
            await sessions.close()
            throw error
        }
    }

    /// After the last worker has left.
    func close() async {
        await store.close()
        await sessions.close()
        await clients.http.shutDown()
    }

    /// - Throws: what says why the table cannot be used.
    static func checkTable(_ name: String, _ clients: CloudClients) async throws {
        try await TableSchema.check(
            try clients.client(.dynamoDB), table: name, deadline: try clients.standInPatience() ?? startPatience)
    }

    /// - Throws: what says why the queue cannot be used.
    static func checkQueue(_ url: String, _ clients: CloudClients) async throws {
        try await SQSMessages(
            try clients.queue(url), deadline: try clients.standInPatience() ?? startPatience
        ).check()
    }

    /// A Redis that refuses who we are is a wrong setting; one that is away comes back.
    private static func check(_ sessions: RedisSessions, log: Log) async throws {
        for look in 1... {
            do {
                return try await sessions.check()
            } catch let error as RedisError where error.isOfTheSetting {
                throw error
            } catch let error as RedisError where look == looks {
                return log.warning(
                    "Redis is away: no questions until it is back", ["error": error.label, "reason": error.sentence])
            } catch is RedisError {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}

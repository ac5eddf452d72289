import ChatAdapters
import ChatService
import FoundationEssentials
import Redis
import Support

/// Where a process keeps what it knows. Which adapters stand behind the ports is decided here and nowhere else.
struct Stores: Sendable {
    /// Conversations and jobs. One behind several ports, because a question, its job and its first event are one transaction.
    typealias Chat = Intake & JobQueue & JobLedger & History & DeadLetters & DocumentIntake & CourseDirectory
        & UsageRecord
        & Feedback & QuizRecord & AnswerRecord & Retention & Erasure & Insights & ConversationSearch & StoreHealth
    /// Users, members, rules and who may open the service.
    typealias People = Memberships & AuditTrail & Policies & APITokens & Accounts & SignIns & Invitations
        & PlatformRegistrations

    /// Of one call, for the look at the start whether things are there.
    private static let startPatience = Duration.seconds(5)

    let chat: any Chat
    let sessions: any Sessions
    let people: any People
    /// What an export of a person holds beside the conversations.
    let personalData: [any PersonalData]
    /// Counts the questions of users.
    let limiter: any QuestionLimiter
    /// How long a worker waits for a word of the queue before it asks again; nil for the usual. A poll that is broken off may
    /// take a message with it, which is hidden from all others then: so longer than any poll lasts.
    let poll: Duration?
    /// Bring what was lost on its way to the workers, in processes that have some.
    let sweepers: [any Service]
    /// What may be down without taking the process out of service.
    let checks: [Readiness.Check]
    /// Where courses and originals are, when not in the data folder.
    let documents: CloudDocuments?
    /// Sockets at API Gateway; nil where there are none.
    let gateway: SocketGateway?
    /// Finishes what was handed in and closes what is open.
    let close: @Sendable () async -> Void

    /// Opens what the settings say.
    /// - Parameter isFunction: whether this is the function behind API Gateway: it is frozen between two requests, so it sends
    ///   nothing to sockets by itself.
    /// - Throws: what says which setting is wrong.
    static func open(_ configuration: Configuration, isFunction: Bool = false, log: Log) async throws -> Stores {
        let people = try await DirectoryStore.open(configuration, log: log)
        do {
            guard let places = try configuration.cloudPlaces() else {
                guard configuration.text("GEPETO_CONNECTIONS") == nil else {
                    throw CommandFailure(
                        "bad_setting",
                        "GEPETO_CONNECTIONS needs sessions that processes share: GEPETO_SESSIONS=redis://… and what belongs to it."
                    )
                }
                return try here(configuration, people, log: log)
            }
            return try await shared(places, configuration, people, isFunction: isFunction, log: log)
        } catch {
            await people.close()
            throw error
        }
    }

    /// In the data folder.
    private static func here(_ configuration: Configuration, _ people: DirectoryStore, log: Log) throws -> Stores {
        let store = try SQLiteChatStore(
            path: configuration.data + "/gepeto.sqlite", limits: configuration.jobLimits,
            retention: configuration.retention, log: log)
        return Stores(
            chat: store, sessions: store, people: people.people,
            personalData: [QuestionsOfPerson(store)] + people.personalData,
            limiter: RateLimiter(
                perMinute: configuration.integer("GEPETO_RATE_PER_MINUTE"),
                burst: configuration.integer("GEPETO_RATE_BURST")),
            poll: nil, sweepers: [], checks: [], documents: nil, gateway: nil
        ) {
            await store.close()
            await people.close()
        }
    }

    /// In DynamoDB, SQS and Redis.
    private static func shared(
        _ places: CloudPlaces, _ configuration: Configuration, _ people: DirectoryStore, isFunction: Bool, log: Log
    ) async throws -> Stores {
        // What is in the folder are copies, of this process alone.
        try FileManager.default.createDirectory(atPath: configuration.data, withIntermediateDirectories: true)
        let lock = try StoreLock(path: configuration.data + "/copies.lock")
        let clients = CloudClients(configuration.environment, log: log)
        let table = try clients.table(places.table)
        let (questions, documents) = (try clients.queue(places.questions), try clients.queue(places.documents))
        let patience = try clients.standInPatience()
        try await TableSchema.check(
            try clients.client(.dynamoDB), table: places.table, deadline: patience ?? Self.startPatience)
        for queue in [questions, documents] {
            try await SQSMessages(queue, deadline: patience ?? Self.startPatience).check()
        }
        let sessions = RedisSessions(places.sessions, log: log)
        do {
            try await check(sessions, log: log)
            let posts = isFunction ? nil : configuration.text("GEPETO_CONNECTIONS")
            let gateway =
                isFunction || posts != nil
                ? try SocketGateway(sessions, posts: posts, clients: clients, log: log) : nil
            let told: any Sessions = gateway?.sessions ?? sessions
            let store = CloudChatStore(
                dynamo: table, questions: questions, documents: documents, sessions: told, eraser: sessions,
                limits: configuration.jobLimits, retention: configuration.retention, patience: patience, log: log)
            let files = try places.bucket.map {
                try CloudDocuments($0, clients: clients, lease: table, data: configuration.data, log: log)
            }
            return Stores(
                chat: store, sessions: told, people: people.people, personalData: people.personalData,
                limiter: RedisRateLimiter(
                    sessions.client, perMinute: configuration.integer("GEPETO_RATE_PER_MINUTE"),
                    burst: configuration.integer("GEPETO_RATE_BURST")),
                poll: CloudChatStore.poll, sweepers: [OutboxSweeper(store, log: log)],
                checks: [(name: "sessions", isWell: { (try? await sessions.check()) != nil })], documents: files,
                gateway: gateway
            ) {
                await store.close()
                await sessions.close()
                await people.close()
                await clients.http.shutDown()
                lock.release()
            }
        } catch {
            await sessions.close()
            throw error
        }
    }

    /// A Redis that refuses who we are is a wrong setting; one that is away comes back.
    private static func check(_ sessions: RedisSessions, log: Log) async throws {
        for attempt in 1... {
            do {
                return try await sessions.check()
            } catch let error as RedisError where error.isOfTheSetting || attempt == 5 {
                if error.isOfTheSetting { throw error }
                return log.warning(
                    "Redis is away: no questions until it is back", ["error": error.label, "reason": error.sentence])
            } catch is RedisError {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}

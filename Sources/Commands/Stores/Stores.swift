import ChatAdapters
import ChatService
import FoundationEssentials
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

    let chat: any Chat
    let sessions: any Sessions
    let people: any People
    /// What an export of a person holds beside the conversations.
    let personalData: [any PersonalData]
    /// Counts the questions of users.
    let limiter: any QuestionLimiter
    /// What workers share of their work; nil where there is no other process.
    let cache: (any ContextCache)?
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
            cache: nil, poll: nil, sweepers: [], checks: [], documents: nil, gateway: nil
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
        let chat = try await CloudChat.open(places, configuration, gateway: .init(configuration, isFunction), log: log)
        do {
            return Stores(
                chat: chat.store, sessions: chat.told, people: people.people,
                personalData: [QuestionsOfPerson(chat.store)] + people.personalData,
                limiter: RedisRateLimiter(
                    chat.sessions.client, perMinute: configuration.integer("GEPETO_RATE_PER_MINUTE"),
                    burst: configuration.integer("GEPETO_RATE_BURST")),
                cache: RedisCache(chat.sessions.client), poll: CloudChatStore.poll,
                sweepers: [OutboxSweeper(chat.store, log: log)],
                checks: [(name: "sessions", isWell: { (try? await chat.sessions.check()) != nil })],
                documents: try CloudDocuments(
                    places.bucket, clients: chat.clients, lease: chat.table, data: configuration.data, log: log),
                gateway: chat.gateway
            ) {
                await chat.close()
                await people.close()
                lock.release()
            }
        } catch {
            await chat.close()
            throw error
        }
    }
}

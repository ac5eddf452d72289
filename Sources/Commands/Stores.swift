import ChatAdapters
import ChatService
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
    /// Finishes what was handed in and closes what is open.
    let close: @Sendable () async -> Void

    /// Opens what the settings say; blocks while it does.
    /// - Throws: what says which setting is wrong.
    init(_ configuration: Configuration, log: Log) throws {
        let store = try SQLiteChatStore(
            path: configuration.data + "/gepeto.sqlite", limits: configuration.jobLimits,
            retention: configuration.retention, log: log)
        let directory = try SQLiteDirectory(path: configuration.directoryPath)
        (chat, sessions, people) = (store, store, directory)
        personalData = [QuestionsOfPerson(store), ActivityOfPerson(directory)]
        close = {
            await store.close()
            await directory.close()
        }
    }
}

import ChatAdapters
import ChatService
import Support

/// The dead letters, wherever the settings say that they are kept.
struct LetterStore: Sendable {
    let letters: any DeadLetters
    let hasCourse: @Sendable (CourseID) async throws -> Bool
    /// Moves the messages that the queues themselves have put aside back: their jobs do not need it, the alarm does.
    let moveMessages: @Sendable () async throws -> Void
    let close: @Sendable () async -> Void

    /// - Throws: what says which setting is wrong, or that there is no store yet.
    static func open(_ configuration: Configuration) async throws -> LetterStore {
        let courses = CourseFolder.folder(in: configuration.data)
        guard let places = try configuration.cloudPlaces() else {
            return LetterStore(
                letters: SQLiteDeadLetters(path: try configuration.chatStore(), limits: configuration.jobLimits),
                hasCourse: { CourseFolder.names(in: courses).contains($0) }, moveMessages: {}, close: {})
        }
        let chat = try await CloudChat.open(places, configuration, log: Log(level: configuration.logLevel))
        let moveMessages: @Sendable () async throws -> Void = {
            for queue in [places.questions, places.documents] {
                _ = try await SQSMessages(try chat.clients.queue(queue)).redrive()
            }
        }
        let snapshots = CourseSnapshots(try chat.clients.bucket(places.bucket.name), prefix: places.bucket.prefix)
        return LetterStore(
            letters: chat.store, hasCourse: { try await snapshots.current($0)?.pointer.hash != nil },
            moveMessages: moveMessages, close: chat.close)
    }
}

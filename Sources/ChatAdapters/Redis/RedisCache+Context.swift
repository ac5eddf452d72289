import ChatService
import Support

/// Rewritten questions: as long as events, for their text is students' too.
extension RedisCache: ContextCache {
    private static let rewritings = Namespace("rewriting")
    private static let lifetime = SessionRing.retention

    package func value(_ key: String) async -> String? {
        await value(key, in: Self.rewritings).flatMap { String(validating: $0, as: UTF8.self) }
    }

    package func keep(_ value: String, as key: String) async {
        await keep(Array(value.utf8), as: key, in: Self.rewritings, for: Self.lifetime)
    }
}

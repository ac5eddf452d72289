/// What was made of a question and its conversation, kept for a while for all processes: only what can be made again.
package protocol ContextCache: Sendable {
    /// nil also while the cache cannot be reached.
    func value(_ key: String) async -> String?
    /// - Parameter key: tells nothing of what it stands for: a digest.
    func keep(_ value: String, as key: String) async
}

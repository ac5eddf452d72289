import ChatService
import FoundationEssentials

/// A conversation given to a command: a file with a JSON array of `{"role": "user" or "assistant", "content": text}`, oldest
/// first.
enum ConversationFile {
    /// Far more than a conversation has that matters to its next question.
    private static let limit = 1_048_576

    static func turns(_ path: String) throws -> [Turn] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("--history: '\(path)' cannot be read.")
        }
        guard data.count <= limit else { throw UsageError("--history: '\(path)' is larger than \(limit) bytes.") }
        do {
            return try JSONDecoder().decode([Turn].self, from: data)
        } catch {
            throw UsageError(
                "--history: '\(path)' is no JSON array of {\"role\": \"user\" or \"assistant\", \"content\": text}.")
        }
    }
}

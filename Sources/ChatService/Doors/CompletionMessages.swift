import Support

/// The messages of a chat completion: the last one is the question, those before it the conversation so far.
///
/// What a client says as `system` or `developer` is left aside: the rules of an answer are the course's, and a stranger's
/// text does not become one of them.
struct CompletionMessages: Sendable, Equatable {
    private(set) var turns: [Turn] = []
    private(set) var question: String?
    var ignored: [String] = []

    init(_ value: JSONValue?, _ fields: inout FieldReader) {
        guard case .array(let messages)? = value, !messages.isEmpty else {
            fields.fail("messages", "'messages' is required: an array that ends in the user's question.")
            return
        }
        guard messages.count <= CompletionRequest.mostMessages else {
            fields.fail("messages", "At most \(CompletionRequest.mostMessages) messages are allowed.")
            return
        }
        for (index, message) in messages.enumerated() {
            let place = "messages/\(index)"
            guard case .object(let message) = message else {
                fields.fail(place, "A message must be an object with 'role' and 'content'.")
                continue
            }
            switch message["role"]?.text {
            case "system"?, "developer"?: ignored.append("messages[\(index)] (\(message["role"]?.text ?? ""))")
            case "user"?:
                if let text = Self.text(of: message, place, &fields) {
                    turns.append(Turn(role: .user, content: text))
                }
            case "assistant"?:
                if let calls = message["tool_calls"], calls != .null, calls != .array([]) {
                    fields.fail("\(place)/tool_calls", "Tools are not called here; leave such messages out.")
                } else if let content = message["content"], content != .null,
                    let text = Self.text(of: message, place, &fields)
                {
                    turns.append(Turn(role: .assistant, content: text))
                }
            case "tool"?, "function"?:
                fields.fail("\(place)/role", "Tools are not called here; leave such messages out.")
            default:
                fields.fail(
                    "\(place)/role", "'role' must be one of: user, assistant, system, developer.")
            }
        }
        let limit = FieldReader.longestMessage
        if let last = turns.last, last.role == .user {
            question = last.content.trimmed
            turns.removeLast()
            let place = "messages/\(messages.count - 1)/content"
            if !last.content.isLegible {
                fields.fail(place, "The question is empty; write something.")
            } else if last.content.trimmed.unicodeScalars.count > limit {
                fields.fail(place, "The question has more than \(limit) characters.")
            }
        }
        // A long answer of before is as good by its beginning, and the prompt is bounded.
        turns = turns.filter { $0.content.isLegible }.map {
            Turn(role: $0.role, content: String(String.UnicodeScalarView($0.content.unicodeScalars.prefix(limit))))
        }
    }

    /// A string, or parts that are all text.
    private static func text(
        of message: [String: JSONValue], _ place: String, _ fields: inout FieldReader
    ) -> String? {
        switch message["content"] {
        case .string(let text)?: return text
        case .array(let parts)?:
            var texts: [String] = []
            for (index, part) in parts.enumerated() {
                guard part.object?["type"] == "text", let text = part.object?["text"]?.text else {
                    let type = part.object?["type"]?.text ?? "?"
                    fields.fail(
                        "\(place)/content/\(index)",
                        "Only parts of type 'text' can be read, not '\(type.prefix(32))': ask in words.")
                    return nil
                }
                texts.append(text)
            }
            return texts.joined(separator: "\n")
        default:
            fields.fail("\(place)/content", "'content' must be a string or an array of parts.")
            return nil
        }
    }
}

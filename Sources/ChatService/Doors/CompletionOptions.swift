/// The parameters of a chat completion beside its messages: what is honoured, what is harmless to leave aside, and what is
/// refused because the answer would not be what was asked for.
struct CompletionOptions: Sendable, Equatable {
    private(set) var streams = false
    private(set) var includesUsage = false
    private(set) var ignored: [String] = []

    private static let honoured: Set<String> = ["model", "messages", "stream", "stream_options", "gepeto", "n"]

    init(_ object: [String: JSONValue], _ fields: inout FieldReader) {
        streams = Self.flag("stream", object, &fields)
        switch object["stream_options"] {
        case nil, .null?: break
        case .object(let options)?:
            switch options["include_usage"] {
            case nil, .null?: break
            case .bool(let value)?: includesUsage = value
            default: fields.fail("stream_options/include_usage", "'include_usage' must be true or false.")
            }
        default: fields.fail("stream_options", "'stream_options' must be an object.")
        }
        if let count = object["n"], count != .null, count != .number(1) {
            fields.fail("n", "There is one answer to a question; leave 'n' out.")
        }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) where !Self.honoured.contains(name) {
            if let reason = Self.refusal(name, value) {
                fields.fail(name, reason)
            } else if value != .null {
                ignored.append(String(name.prefix(64)))
            }
        }
    }

    private static func flag(_ name: String, _ object: [String: JSONValue], _ fields: inout FieldReader) -> Bool {
        switch object[name] {
        case nil, .null?: return false
        case .bool(let value)?: return value
        default:
            fields.fail(name, "'\(name)' must be true or false.")
            return false
        }
    }

    /// Why a parameter cannot be left aside: the client builds on what it asks for; nil where it can.
    private static func refusal(_ name: String, _ value: JSONValue) -> String? {
        switch name {
        case "tools", "functions":
            return value == .array([]) || value == .null
                ? nil : "Tools are not called here; the answer comes from the course. Leave '\(name)' out."
        case "logprobs": return value == .bool(true) ? "Log probabilities are not known; leave 'logprobs' out." : nil
        case "top_logprobs":
            return value == .null || value == .number(0)
                ? nil : "Log probabilities are not known; leave 'top_logprobs' out."
        case "response_format":
            let type = value.object?["type"]
            return value == .null || type == "text"
                ? nil : "The answer is text in Markdown; only the response format 'text' can be had."
        case "modalities":
            return value == .null || value == ["text"] ? nil : "The answer is text; leave 'modalities' out."
        case "audio", "web_search_options":
            return value == .null
                ? nil : "This is not offered: the answer is text from the course. Leave '\(name)' out."
        case "stop":
            return value == .null || value == .array([])
                ? nil : "An answer is not cut at a word, for its citations would be lost; leave 'stop' out."
        case "logit_bias":
            return value == .null || value == .object([:])
                ? nil : "Words cannot be favoured here; leave 'logit_bias' out."
        default: return nil
        }
    }
}

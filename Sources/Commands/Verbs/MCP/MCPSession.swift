import ChatService
import Support

/// The tools that are offered.
protocol MCPTools: Sendable {
    /// What a client tells its model of the whole.
    var instructions: String { get }
    /// As `tools/list` has them.
    func list(_ revision: MCPRevision) -> [JSONValue]
    /// - Returns: what was found, always an object; nil when there is no such tool.
    /// - Throws: what the model that called shall be told.
    func call(_ name: String, _ arguments: [String: JSONValue]) async throws -> JSONValue?
}

/// One client's conversation with the tools: takes its messages one by one, and says what to answer.
///
/// A value without input, output or clock. Requests are answered in their order; none takes long, so that a wish to cancel
/// one always comes too late and is dropped, as the protocol allows.
struct MCPSession {
    /// Messages of one array.
    static let longestBatch = 32

    private let tools: any MCPTools
    /// nil until the client has said its own.
    private(set) var revision: MCPRevision?

    init(tools: any MCPTools) { self.tools = tools }

    /// - Returns: the line to answer, without its end; nil where nothing is.
    mutating func answer(to line: String) async -> String? {
        if line.allSatisfy(\.isWhitespace) { return nil }
        guard let value = JSONValue(text: line) else {
            return MCPReply.failure(.null, MCPError(.parse, "The line is not valid JSON.")).line
        }
        guard case .array(let values) = value else { return await reply(to: MCPMessage(value))?.line }
        guard revision?.hasBatches == true, (1...Self.longestBatch).contains(values.count) else {
            let sentence =
                "An array of messages is for revision 2025-03-26 only, with 1 to \(Self.longestBatch) of them."
            return MCPReply.failure(.null, MCPError(.invalidRequest, sentence)).line
        }
        var replies: [MCPReply] = []
        for value in values {
            if let reply = await reply(to: MCPMessage(value)) { replies.append(reply) }
        }
        return replies.isEmpty ? nil : ChatService.JSONText.encode(replies)
    }

    private mutating func reply(to message: MCPMessage) async -> MCPReply? {
        switch message {
        case .notification, .response: return nil
        case .malformed(let id, let error): return .failure(id, error)
        case .request(let id, let method, let parameters):
            do {
                return .result(id, try await result(of: method, parameters))
            } catch {
                return .failure(id, error)
            }
        }
    }

    private mutating func result(of method: String, _ parameters: [String: JSONValue]) async throws(MCPError)
        -> JSONValue
    {
        if method == "ping" { return [:] }
        if method == "initialize" { return try initialize(parameters) }
        guard let revision else { throw MCPError(.invalidRequest, "The first request must be 'initialize'.") }
        switch method {
        case "tools/list": return ["tools": .array(tools.list(revision))]
        case "tools/call": return try await call(parameters, revision)
        default: throw MCPError(.unknownMethod, "There is no method '\(method.prefix(64))' here.")
        }
    }

    private mutating func initialize(_ parameters: [String: JSONValue]) throws(MCPError) -> JSONValue {
        guard revision == nil else { throw MCPError(.invalidRequest, "This session was initialized before.") }
        guard let wish = parameters["protocolVersion"]?.text else {
            throw MCPError(.invalidParameters, "'protocolVersion' is required, for example \"2025-06-18\".")
        }
        let revision = MCPRevision.negotiated(wish)
        self.revision = revision
        return [
            "protocolVersion": .string(revision.rawValue), "capabilities": ["tools": ["listChanged": false]],
            "serverInfo": ["name": "gepeto", "version": .string(Gepeto.version)],
            "instructions": .string(tools.instructions),
        ]
    }

    private func call(_ parameters: [String: JSONValue], _ revision: MCPRevision) async throws(MCPError) -> JSONValue {
        guard let name = parameters["name"]?.text else {
            throw MCPError(.invalidParameters, "'name' is required: the tool to call.")
        }
        let arguments: [String: JSONValue]
        switch parameters["arguments"] {
        case nil, .null?: arguments = [:]
        case .object(let object)?: arguments = object
        default: throw MCPError(.invalidParameters, "'arguments' must be an object.")
        }
        let found: JSONValue?
        do {
            found = try await tools.call(name, arguments)
        } catch {
            // Told to the model, which can mend its call.
            return ["content": [Self.text(error.sentence)], "isError": true]
        }
        guard let found else { throw MCPError(.invalidParameters, "There is no tool '\(name.prefix(64))'.") }
        var result: [String: JSONValue] = [
            "content": [Self.text(ChatService.JSONText.encode(found))], "isError": false,
        ]
        if revision.hasStructure { result["structuredContent"] = found }
        return .object(result)
    }

    private static func text(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }
}

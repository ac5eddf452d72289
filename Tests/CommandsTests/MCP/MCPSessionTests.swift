import ChatService
import Support
import Testing

@testable import Commands

/// What a client says and what it is answered, over tools that repeat what they were called with.
@Suite struct MCPSessionTests {
    private struct Echo: MCPTools {
        let instructions = "Repeat."

        func list(_ revision: MCPRevision) -> [JSONValue] { [["name": "echo"]] }

        func call(_ name: String, _ arguments: [String: JSONValue]) async throws -> JSONValue? {
            switch name {
            case "echo": return .object(arguments)
            case "fail": throw CommandFailure("broken", "The tool is broken.")
            default: return nil
            }
        }
    }

    private func session(_ revision: MCPRevision = .june2025) async throws -> MCPSession {
        var session = MCPSession(tools: Echo())
        let hello =
            #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\#(revision.rawValue)"}}"#
        let line = try #require(await session.answer(to: hello))
        let reply = try #require(JSONValue(text: line)?.object)
        #expect(reply["result"]?.object?["protocolVersion"] == .string(revision.rawValue))
        #expect(session.revision == revision)
        return session
    }

    private func ask(_ session: inout MCPSession, _ line: String) async throws -> [String: JSONValue] {
        let reply = try #require(await session.answer(to: line))
        #expect(!reply.contains("\n"))
        let object = try #require(JSONValue(text: reply)?.object)
        #expect(object["jsonrpc"] == "2.0")
        return object
    }

    @Test(arguments: MCPRevision.allCases) func eachRevisionIsAnsweredInItsOwnForm(revision: MCPRevision) async throws {
        var session = try await session(revision)
        let call =
            #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo","arguments":{"x":"1\n2"}}}"#
        let reply = try await ask(&session, call)
        #expect(reply["id"] == "a")
        let result = try #require(reply["result"]?.object)
        #expect(result["isError"] == false)
        let content = try #require(result["content"]?.array?.first?.object)
        let text = try #require(content["text"]?.text)
        #expect(content["type"] == "text" && JSONValue(text: text) == ["x": "1\n2"])
        #expect(result["structuredContent"] == (revision == .june2025 ? ["x": "1\n2"] : nil))
    }

    @Test func anUnknownRevisionIsAnsweredWithTheNewest() async throws {
        var session = MCPSession(tools: Echo())
        let hello = #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2099-01-01"}}"#
        let reply = try await ask(&session, hello)
        #expect(reply["result"]?.object?["protocolVersion"] == "2025-06-18")
        #expect(reply["result"]?.object?["instructions"] == "Repeat.")
        let again = try await ask(&session, hello)
        #expect(again["error"]?.object?["code"] == -32600)
    }

    @Test func nothingButPingGoesBeforeInitialize() async throws {
        var session = MCPSession(tools: Echo())
        let ping = try await ask(&session, #"{"jsonrpc":"2.0","id":7,"method":"ping"}"#)
        #expect(ping["id"] == 7 && ping["result"] == [:])
        let list = try await ask(&session, #"{"jsonrpc":"2.0","id":8,"method":"tools/list"}"#)
        #expect(list["error"]?.object?["code"] == -32600)
    }

    @Test func whatAToolThrowsIsToldToTheModel() async throws {
        var session = try await session()
        let reply = try await ask(
            &session, #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fail"}}"#)
        let result = try #require(reply["result"]?.object)
        #expect(result["isError"] == true)
        #expect(result["content"]?.array?.first?.object?["text"] == "The tool is broken.")
        #expect(result["structuredContent"] == nil)
    }

    @Test(arguments: [
        (#"{"#, -32700, JSONValue.null), ("nothing", -32700, .null), ("", 0, .null),
        (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32700, .null),
        (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), -32700, .null),
        ("[]", -32600, .null), ("5", -32600, .null), ("null", -32600, .null),
        (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, .null),
        (#"{"id":1,"method":"ping"}"#, -32600, 1), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, 1),
        (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, .null),
        (#"{"jsonrpc":"2.0","id":1}"#, -32600, 1), (#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600, 1),
        (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32602, 1),
        (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32601, 1),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32602, 1),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}"#, -32602, 1),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":[]}}"#, -32602, 1),
        // Answered with nothing: notifications, also unknown ones, and answers to what we never asked.
        (#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, 0, .null),
        (#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, 0, .null),
        (#"{"jsonrpc":"2.0","id":9,"result":{}}"#, 0, .null),
    ]) func malformedInput(line: String, code: Int, id: JSONValue) async throws {
        var session = try await session()
        guard code != 0 else {
            #expect(await session.answer(to: line) == nil)
            return
        }
        let reply = try await ask(&session, line)
        #expect(reply["error"]?.object?["code"] == .number(Double(code)))
        #expect(reply["id"] == id)
        // And the session goes on.
        #expect(try await ask(&session, #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)["result"] == [:])
    }

    @Test func batchesAreForOneRevision() async throws {
        var session = try await session(.march2025)
        let batch =
            #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":2,"method":"y"}]"#
        let line = try #require(await session.answer(to: batch))
        let replies = try #require(JSONValue(text: line)?.array)
        #expect(replies.count == 2)
        #expect(await session.answer(to: #"[{"jsonrpc":"2.0","method":"x"}]"#) == nil)
        let many =
            "[" + Array(repeating: #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, count: 33).joined(separator: ",") + "]"
        #expect(try await ask(&session, many)["error"]?.object?["code"] == -32600)
    }
}

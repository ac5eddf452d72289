import ChatService
import HTTPClient
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite struct KeySetSourceTests {
    private let client = HTTPClient(log: .silent)

    private func refusal(_ url: String, isTest: Bool = true) async -> KeySetError? {
        let source = isTest ? HTTPSKeySetSource(test: client) : HTTPSKeySetSource(client: client)
        return await #expect(throws: KeySetError.self) { try await source.read(url) }
    }

    @Test("What the server says are its keys, and nothing else of it")
    func reads() async throws {
        let server = try ScriptedServer([.response(200, #"{"keys":[]}"#)])
        #expect(try await HTTPSKeySetSource(test: client).read(server.url) == Array(#"{"keys":[]}"#.utf8))
        #expect(server.requests.first?.line.hasPrefix("GET ") == true)
    }

    @Test("No redirect is followed, no error page taken, no more read than a set may have")
    func refuses() async throws {
        let other = try ScriptedServer([.response(200, #"{"keys":[]}"#)])
        for status in [301, 302, 307, 308] {
            let server = try ScriptedServer([.response(status, headers: ["Location: \(other.url)"])])
            #expect(await refusal(server.url) == .refused)
        }
        #expect(other.requests.isEmpty)
        for status in [204, 404, 500] {
            let server = try ScriptedServer([.response(status, "no")])
            #expect(await refusal(server.url) == .refused)
        }
        let large = try ScriptedServer([.response(200, String(repeating: "a", count: JSONWebKeySet.largest + 1))])
        #expect(await refusal(large.url) == .tooLarge)
        let mute = try ScriptedServer([[.close]])
        #expect(await refusal(mute.url) == .unreachable)
    }

    @Test("In production only https, and no private address whatever its name")
    func production() async throws {
        let server = try ScriptedServer([.response(200, #"{"keys":[]}"#)])
        #expect(await refusal(server.url, isTest: false) == .notHTTPS)
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            #expect(await refusal("https://\(host):\(server.port)/keys", isTest: false) == .privateAddress)
        }
        #expect(server.requests.isEmpty)
    }
}

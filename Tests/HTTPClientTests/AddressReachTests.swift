import Glibc
import Support
import TestSupport
import Testing

@testable import HTTPClient

@Suite struct AddressReachTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1",
        "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1",
    ])
    func notPublic(_ text: String) throws { #expect(try !isPublic(text)) }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1", "169.253.1.1",
        "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.1.1", "198.20.1.1", "223.255.255.255",
        "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860:4860::8888", "2001:200::1", "2606:4700::1", "2a00::1",
        "3ffe::1",
    ])
    func isPublicToo(_ text: String) throws { #expect(try isPublic(text)) }

    private func isPublic(_ text: String) throws -> Bool {
        if text.contains(":") {
            return AddressReach.isPublic(v6: try #require(Self.bytes(text, AF_INET6, 16)))
        }
        return AddressReach.isPublic(v4: try #require(Self.bytes(text, AF_INET, 4)))
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    @Test(
        "A call to public addresses only is never connected to this machine, however the name is written",
        arguments: [
            "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0",
        ])
    func refusedAtTheSocket(_ host: String) async throws {
        let client = HTTPClient(log: .silent)
        let server = try ScriptedServer([.response(200, "secret")])
        let times = HTTPTimeouts(
            connect: .seconds(60), firstByte: .seconds(60), silence: .seconds(60), total: .seconds(60))
        // A connection that others left open is not taken either.
        let open = try await client.send(HTTPClientRequest(.get, server.url, timeouts: times))
        #expect(try await open.body.collect(upTo: 100) == Array("secret".utf8))
        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await client.send(
                HTTPClientRequest(.get, "http://\(host):\(server.port)/", timeouts: times, reach: .publicOnly))
        }
        #expect(error?.code == .privateAddress)
        #expect(server.requests.count == 1)
        await client.shutDown()
    }
}

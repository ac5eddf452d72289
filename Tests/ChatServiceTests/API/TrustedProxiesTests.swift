import Testing

@testable import ChatService

@Suite("Behind proxies")
struct TrustedProxiesTests {
    @Test(
        "The client is the first from the right that is no proxy; what stands left of it may be a lie",
        arguments: [
            ("127.0.0.1,10.0.0.0/8", "127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
            ("127.0.0.1,10.0.0.0/8", "127.0.0.1", ["198.51.100.1", "203.0.113.7", "10.1.2.3"], "203.0.113.7"),
            ("127.0.0.1", "203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
            ("127.0.0.1", "127.0.0.1", [], "127.0.0.1"),
            ("127.0.0.1", "::ffff:127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
            ("fd00::/8", "fd12::1", ["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.0/8", "10.0.0.1", ["nonsense", "10.0.0.2"], "10.0.0.2"),
            ("10.0.0.0/9", "10.200.0.1", ["198.51.100.1"], "10.200.0.1"),
            ("0.0.0.0/0", "10.200.0.1", ["198.51.100.1"], "198.51.100.1"),
            ("", "127.0.0.1", ["198.51.100.1"], "127.0.0.1"),
        ])
    func client(proxies: String, peer: String, forwarded: [String], client: String) throws {
        #expect(try TrustedProxies(proxies).client(peer: peer, forwarded: forwarded) == client)
    }

    @Test("What is no network is refused", arguments: ["10.0.0.0/33", "x", "10.0.0.1/8/8", "::1/-1", "10.0.0.0/"])
    func bad(list: String) { #expect(throws: BadProxies.self) { try TrustedProxies(list) } }
}

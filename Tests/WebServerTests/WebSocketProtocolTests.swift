import Testing

@testable import WebServer

/// The connection's rules: closing, pings, limits. RFC 6455, sections 5.5 and 7.
@Suite struct WebSocketProtocolTests {
    private static func rules() -> WebSocketProtocol {
        WebSocketProtocol(WebSocketRules(limits: ServerLimits(), timeouts: ServerTimeouts()), at: 0)
    }
    private static func close(_ code: UInt16, _ reason: String = "") -> WebSocketProtocol.Action {
        .send(WebSocketFrame.close(code, reason).bytes)
    }

    @Test func messagesAreDeliveredAndPingsAnswered() {
        var rules = Self.rules()
        let bytes = FrameDecoderTests.text("a") + FrameDecoderTests.frame(9, [1]) + FrameDecoderTests.text("b")
        #expect(
            rules.receive(bytes[...], at: 0) == [
                .deliver(.text("a")), .send([0x8A, 1, 1]), .deliver(.text("b")),
            ])
    }

    @Test func aCloseIsEchoedAndNothingIsHeardAfterIt() {
        var rules = Self.rules()
        let bytes = FrameDecoderTests.frame(8, [0x03, 0xE9]) + FrameDecoderTests.text("late")
        #expect(rules.receive(bytes[...], at: 0) == [Self.close(1001), .end])
        #expect(rules.receive(FrameDecoderTests.text("later")[...], at: 0) == [])
        #expect(rules.close(1000, "", at: 0) == nil)
        #expect(rules.tick(at: 100_000, isListening: true) == [])
    }

    @Test func aCloseWithoutCodeIsEchoedWithoutCode() {
        var rules = Self.rules()
        #expect(rules.receive(FrameDecoderTests.frame(8, [])[...], at: 0) == [.send([0x88, 0]), .end])
    }

    @Test func ourCloseIsSentOnceAndTheAnswerEnds() {
        var rules = Self.rules()
        #expect(rules.close(1001, "bye", at: 0) == WebSocketFrame.close(1001, "bye").bytes)
        #expect(rules.close(1000, "", at: 0) == nil)
        #expect(!rules.isOpen)
        let bytes =
            FrameDecoderTests.text("ignored") + FrameDecoderTests.frame(9, [])
            + FrameDecoderTests.frame(8, [0x03, 0xE9])
        #expect(rules.receive(bytes[...], at: 0) == [.end])
    }

    @Test func aPeerThatDoesNotAnswerOurCloseIsCutOff() {
        var rules = Self.rules()
        _ = rules.close(1001, "", at: 1000)
        #expect(rules.tick(at: 2000, isListening: true) == [])
        #expect(rules.tick(at: 3000, isListening: true) == [.end])
    }

    @Test func aViolationClosesWithItsCode() {
        var rules = Self.rules()
        let actions = rules.receive(FrameDecoderTests.frame(1, [0xFF])[...], at: 0)
        #expect(actions == [Self.close(1007, "text is not UTF-8"), .end])
    }

    @Test func pingsGoOutEvery25SecondsAndSilenceEndsAfter60() {
        var rules = Self.rules()
        let ping = WebSocketProtocol.Action.send([0x89, 0])
        #expect(rules.tick(at: 24_999, isListening: true) == [])
        #expect(rules.tick(at: 25_000, isListening: true) == [ping])
        #expect(rules.tick(at: 26_000, isListening: true) == [])
        #expect(rules.receive(FrameDecoderTests.frame(10, [])[...], at: 27_000) == [])
        #expect(rules.tick(at: 50_000, isListening: true) == [ping])
        #expect(rules.tick(at: 75_000, isListening: true) == [ping])
        #expect(rules.tick(at: 86_999, isListening: true) == [])
        #expect(rules.tick(at: 87_000, isListening: true) == [Self.close(1001, "no sign of life"), .end])
    }

    @Test func silenceDoesNotCountWhileWeAreNotListening() {
        var rules = Self.rules()
        _ = rules.tick(at: 59_000, isListening: false)
        #expect(rules.tick(at: 100_000, isListening: true) == [.send([0x89, 0])])
        #expect(rules.tick(at: 119_000, isListening: true).last == .end)
    }

    @Test func aFloodOfControlFramesIsRefused() {
        var rules = Self.rules()
        let pings = (0..<201).flatMap { _ in FrameDecoderTests.frame(9, []) }
        let actions = rules.receive(pings[...], at: 0)
        #expect(actions.count == 202)
        #expect(actions.suffix(2) == [Self.close(1008, "too many control frames"), .end])
    }

    @Test func controlFramesAtAnOrdinaryRateAreNot() {
        var rules = Self.rules()
        for second in 0..<Int64(100) {
            for _ in 0..<50 {
                #expect(rules.receive(FrameDecoderTests.frame(9, [])[...], at: second * 1_000).count == 1)
            }
        }
    }

    /// The example of RFC 6455, section 1.3.
    @Test func handshakeKeyIsAccepted() {
        #expect(WebSocketHandshake.accept(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    static let handshake: HTTPFields = [
        "host": "a", "upgrade": "WebSocket", "connection": "keep-alive, Upgrade", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-protocol": "gepeto.v1, bearer.x",
    ]

    @Test(arguments: [
        ("upgrade", "h2c", 426), ("connection", "close", 426), ("sec-websocket-version", "8", 426),
        ("sec-websocket-key", "short", 400), ("sec-websocket-key", "!!!!IHNhbXBsZSBub25jZQ==", 400),
    ]) func brokenHandshakesAreRefused(_ name: String, _ value: String, _ status: Int) throws {
        var fields = Self.handshake
        fields[name] = value
        let request = try HTTPRequest(.get, "/ws", headers: fields)
        #expect { try WebSocketHandshake(request) } throws: { ($0 as? HTTPError)?.status == status }
    }

    @Test func onlyAnOfferedSubprotocolIsNamed() throws {
        var handshake = try WebSocketHandshake(try HTTPRequest(.get, "/ws", headers: Self.handshake))
        handshake.select("gepeto.v1")
        #expect(handshake.subprotocol == "gepeto.v1")
        #expect(String(decoding: handshake.response, as: UTF8.self).contains("sec-websocket-protocol: gepeto.v1\r\n"))
        handshake.select("other")
        #expect(handshake.subprotocol == nil)
    }
}

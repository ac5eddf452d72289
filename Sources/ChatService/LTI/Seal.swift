import Support

/// Texts that this server gives away and knows again: what stands in them is its own, unchanged and not too old. They can
/// be read by whoever has them.
struct Seal: Sendable {
    /// What a sealed text is for: one made for one thing is no good for another.
    enum Purpose: String, Sendable {
        case state, course, link
    }

    private struct Envelope<Content: Codable>: Codable {
        let until: Int64
        let content: Content
    }

    /// Bytes of the longest text that is looked at.
    private static let longest = 16 << 10

    private let key: [UInt8]
    private let time: any TimeSource

    /// - Parameter secret: the server's own, the same in all its processes.
    init(secret: [UInt8], time: any TimeSource) {
        // A key of its own, so that nothing sealed here can be taken for a signature of something else.
        key = HMAC.sha256(Array("gepeto lti seal".utf8), key: secret)
        self.time = time
    }

    func seal(_ content: some Codable, for purpose: Purpose, lasting: Duration) -> String {
        let until = time.now.seconds + lasting.milliseconds / 1_000
        let body = Base64URL.encode(JSONText.bytes(Envelope(until: until, content: content)))
        return body + "." + code(body, purpose)
    }

    /// - Returns: nil when the text is not one of ours for that purpose, or is too old.
    func open<Content: Codable>(_ text: String, as type: Content.Type, for purpose: Purpose) -> Content? {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, HMAC.equal(Array(parts[1].utf8), Array(code(parts[0], purpose).utf8)),
            let bytes = Base64URL.decode(parts[0].utf8),
            let envelope = try? JSONText.decode(
                Envelope<Content>.self, from: String(decoding: bytes, as: UTF8.self)), time.now.seconds < envelope.until
        else { return nil }
        return envelope.content
    }

    private func code(_ body: String, _ purpose: Purpose) -> String {
        Base64URL.encode(HMAC.sha256(Array("\(purpose.rawValue).\(body)".utf8), key: key))
    }
}

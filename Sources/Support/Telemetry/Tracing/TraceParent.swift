/// The work that other work was begun by, as it stands in a `traceparent` field (W3C Trace Context, section 3.2,
/// https://www.w3.org/TR/trace-context/).
package struct TraceParent: Sendable, Equatable {
    /// 32 hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 hexadecimal digits, not all zero.
    package let spanID: String
    package let isSampled: Bool

    package init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; ids of zeros only are invalid. Later versions may go on after that.
    package init?(_ field: String) {
        let parts = field.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            parts[0..<4].allSatisfy(Self.isLowercaseHex), Self.hasDigit(parts[1]), Self.hasDigit(parts[2]),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: parts[1], spanID: parts[2], isSampled: flags & 1 == 1)
    }

    package var field: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// The span in which a job was accepted: a worker knows it by the job's id, whatever brought the job to it.
    package static func span(ofJob id: String) -> String {
        // The end of an id is random; its begin is the time.
        if RandomIdentifier.isWellFormed(id), hasDigit(String(id.suffix(16))) { return String(id.suffix(16)) }
        return String(SHA256.hex(id.utf8).prefix(16))
    }

    /// The trace of whoever carries `id` through the log: itself where it is one of W3C's, else made of it, always the same.
    package static func trace(of id: String) -> String {
        if RandomIdentifier.isWellFormed(id), hasDigit(id) { return id }
        return String(SHA256.hex(id.utf8).prefix(32))
    }

    private static func hasDigit(_ text: String) -> Bool { text.utf8.contains { $0 != UInt8(ascii: "0") } }

    private static func isLowercaseHex(_ text: String) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

import Support
import WebServer

/// The id that one question carries through every line of the log (W3C Trace Context, https://www.w3.org/TR/trace-context/).
enum TraceContext {
    /// The trace id of the request's `traceparent`, or a new one.
    static func traceID(_ request: HTTPRequest?) -> String {
        request?.headers["traceparent"].flatMap(traceID(inParent:)) ?? RandomIdentifier.make()
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; ids of zeros only are invalid. Later versions may go on after that.
    static func traceID(inParent value: String) -> String? {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            parts[1].utf8.count == 32, parts[2].utf8.count == 16, parts[3].utf8.count == 2,
            parts[0..<4].allSatisfy(isLowercaseHex), parts[1].contains(where: { $0 != "0" }),
            parts[2].contains(where: { $0 != "0" })
        else { return nil }
        return parts[1]
    }

    static func isTraceID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func isLowercaseHex(_ text: String) -> Bool {
        text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

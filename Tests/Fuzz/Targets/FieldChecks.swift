import HTTPClient
import Support

@testable import ChatService
@testable import WebServer

/// Values of single header fields.
enum FieldChecks {
    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        // A file's name survives the field that carries it.
        let field = HeaderParameters.disposition("attachment", fileName: text)
        guard HeaderParameters(field).fileName == text else { return "the name '\(text)' is lost in \(field)" }
        guard field.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return "\(field) is not ASCII" }
        _ = HeaderParameters(text).fileName

        for size in [0, 1, 10, .max] {
            guard case .part(let range) = ByteRange.parse(text, size: size) else { continue }
            guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= size else { return "\(range) of \(size)" }
        }
        if let wait = RetryAfter.parse(text, now: Timestamp(milliseconds: 1_700_000_000_000)) {
            guard wait >= .zero, wait <= RetryAfter.longest else { return "Retry-After: \(wait)" }
        }
        // The dates of one room are read by another.
        let seconds = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let date = HTTPDate.format(seconds: seconds)
        let now = Timestamp(milliseconds: Int64(seconds) * 1_000 - 5_000)
        guard RetryAfter.parse(date, now: now) == .seconds(5) else { return "\(date) is read otherwise" }
        if let parent = TraceParent(text) {
            guard TraceContext.isTraceID(parent.traceID) else { return "the trace id \(parent.traceID)" }
            guard TraceParent(parent.field) == parent else { return "\(parent.field) is read otherwise" }
        }
        if HostName.isValid(text), text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == UInt8(ascii: "@") }) {
            return "the host '\(text)'"
        }
        let fields: HTTPFields = ["x": text, "X": text]
        guard fields.list("x").allSatisfy({ !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: ",")) }) else {
            return "the list of '\(text)'"
        }
        return nil
    }
}

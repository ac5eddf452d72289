/// A request's target, decoded (RFC 3986): the path by segments, so that an encoded slash never separates two.
struct RequestTarget: Sendable, Equatable {
    /// Decoded; `["api", "jobs"]` for `/api/jobs`, `[""]` for `/`, none for `*`.
    let segments: [String]
    let query: [HTTPRequest.QueryItem]

    var path: String { "/" + segments.joined(separator: "/") }

    init(_ target: String) throws(HTTPError) {
        guard target != "*" else {
            segments = []
            query = []
            return
        }
        let bytes = target.utf8
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        var segments: [String] = []
        for segment in bytes[..<(mark ?? bytes.endIndex)].dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        { segments.append(try Self.decode(segment, plusIsSpace: false)) }
        self.segments = segments

        query = if let mark { try FormFields.items(in: bytes[bytes.index(after: mark)...]) } else { [] }
    }

    /// Percent-decoding; an escape that is none, a zero byte and bytes that are no UTF-8 are refused.
    static func decode(_ text: some Sequence<UInt8>, plusIsSpace: Bool) throws(HTTPError) -> String {
        var decoded: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next()?.hexDigit, let low = iterator.next()?.hexDigit else {
                    throw .malformed("The request's address holds a % that is not followed by two hexadecimal digits.")
                }
                decoded.append(UInt8(high << 4 | low))
            } else {
                decoded.append(plusIsSpace && byte == UInt8(ascii: "+") ? .space : byte)
            }
        }
        guard !decoded.contains(0), let string = String(validating: decoded, as: UTF8.self) else {
            throw .malformed("The request's address must be percent-encoded UTF-8 without zero bytes.")
        }
        return string
    }
}

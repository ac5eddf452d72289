/// The value of a Host field: `uri-host [ ":" port ]` (RFC 9110, section 7.2, and RFC 3986, section 3.2.2).
///
/// Stricter than the grammar in one thing: of the sub-delimiters, which no host on any network has, none is taken.
enum HostName {
    static func isValid(_ text: String) -> Bool {
        var rest = Substring(text).utf8[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), isAddress(rest[..<end].dropFirst()) else {
                return false
            }
            rest = rest[end...].dropFirst()
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard isName(rest[..<end]) else { return false }
            rest = rest[end...]
        }
        guard let colon = rest.popFirst() else { return true }
        return colon == UInt8(ascii: ":") && rest.allSatisfy { $0.digit != nil }
    }

    /// What may stand between brackets: an IPv6 address by its letters, for it is compared and never dialled.
    private static func isAddress(_ text: Substring.UTF8View.SubSequence) -> Bool {
        text.contains(UInt8(ascii: ":"))
            && text.allSatisfy { $0.hexDigit != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    }

    private static func isName(_ text: Substring.UTF8View.SubSequence) -> Bool {
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                continue
            case UInt8(ascii: "%"):
                guard rest.popFirst()?.hexDigit != nil, rest.popFirst()?.hexDigit != nil else { return false }
            default: return false
            }
        }
        return true
    }
}

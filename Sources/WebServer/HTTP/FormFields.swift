/// Names and values as a form sends them (`application/x-www-form-urlencoded`), in a body or in a query.
package struct FormFields: Sendable {
    package let items: [HTTPRequest.QueryItem]

    /// Of the body of a form.
    /// - Throws: `HTTPError` (400) for escapes that are none and for bytes that are no UTF-8.
    package init(_ bytes: [UInt8]) throws(HTTPError) { items = try Self.items(in: bytes) }

    /// Of a query.
    package init(_ items: [HTTPRequest.QueryItem]) { self.items = items }

    /// The value of that name; nil when there is none, or more than one.
    package func one(_ name: String) -> String? {
        let values = items.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    static func items(in bytes: some Collection<UInt8>) throws(HTTPError) -> [HTTPRequest.QueryItem] {
        var items: [HTTPRequest.QueryItem] = []
        for item in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            items.append(
                HTTPRequest.QueryItem(
                    name: try RequestTarget.decode(item[..<equals], plusIsSpace: true),
                    value: try RequestTarget.decode(item[equals...].dropFirst(), plusIsSpace: true)))
        }
        return items
    }

    /// `text` as it stands in a query or a form: everything but letters, digits and `-._~` escaped.
    package static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return encoded
    }
}

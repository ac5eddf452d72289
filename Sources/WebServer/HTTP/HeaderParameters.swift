import Support

/// A field's value with parameters: `form-data; name="file"; filename="aula.pdf"` (RFC 9110, section 5.6.6).
package struct HeaderParameters: Sendable, Equatable {
    /// What stands before the first semicolon, in lower case.
    package let value: String
    private var parameters: [String: String] = [:]

    /// Never fails: what cannot be read as a parameter is left out, and the first of two of one name counts.
    package init(_ text: String) {
        var rest = Substring(text).utf8[...]
        value = Self.take(&rest, until: [UInt8(ascii: ";")]).lowercased()
        while rest.popFirst() != nil {
            let name = Self.take(&rest, until: [UInt8(ascii: ";"), UInt8(ascii: "=")]).lowercased()
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest.removeFirst()
            Self.skipSpace(&rest)
            let value: String
            if rest.first == UInt8(ascii: "\"") {
                value = Self.takeQuoted(&rest)
                _ = Self.take(&rest, until: [UInt8(ascii: ";")])
            } else {
                value = Self.take(&rest, until: [UInt8(ascii: ";")])
            }
            if !name.isEmpty, parameters[name] == nil { parameters[name] = value }
        }
    }

    /// The parameter of that name, in lower case.
    package subscript(name: String) -> String? { parameters[name] }

    /// The file name of a `Content-Disposition` field: `filename*` (RFC 6266 with RFC 8187) before `filename`.
    ///
    /// In `filename` browsers write a quotation mark as `%22` and line breaks as `%0D`, `%0A` (WHATWG, multipart/form-data
    /// encoding algorithm), and nothing else. Other clients (aiohttp) escape the whole name, which shows by its having
    /// nothing that would need it.
    package var fileName: String? {
        if let extended = self["filename*"].flatMap(Self.extended) { return extended }
        guard let name = self["filename"] else { return nil }
        if name.utf8.allSatisfy({ $0.isAttributeCharacter || $0 == UInt8(ascii: "%") }),
            let decoded = PercentEncoding.bytes(of: Substring(name)).flatMap({ String(validating: $0, as: UTF8.self) })
        {
            return decoded
        }
        return name.replacing("%22", with: "\"").replacing("%0D", with: " ").replacing("%0A", with: " ")
    }

    /// `UTF-8''aula%20de%20%C3%A1lgebra.pdf` (RFC 8187, section 3.2); nil for what is not of that form.
    private static func extended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let charset = parts[0].lowercased()
        guard charset == "utf-8" || charset == "iso-8859-1" else { return nil }
        guard let bytes = PercentEncoding.bytes(of: parts[2]) else { return nil }
        if charset == "iso-8859-1" { return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })) }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A quoted string without its marks. A backslash before anything but a mark or another backslash is itself: some
    /// clients send whole Windows paths.
    private static func takeQuoted(_ rest: inout Substring.UTF8View.SubSequence) -> String {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let next = rest.first,
                next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\")
            {
                rest.removeFirst()
                bytes.append(next)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func take(_ rest: inout Substring.UTF8View.SubSequence, until ends: [UInt8]) -> String {
        let end = rest.firstIndex { ends.contains($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return HTTPFields.trimmed(String(Substring(rest[..<end])))
    }

    private static func skipSpace(_ rest: inout Substring.UTF8View.SubSequence) {
        while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
    }
}

extension HeaderParameters {
    /// The value of a `Content-Disposition` field for a file of that name, readable by old and new clients (RFC 6266,
    /// appendix D).
    package static func disposition(_ kind: String, fileName: String) -> String {
        let plain = String(
            fileName.unicodeScalars.map { scalar -> Character in
                (0x20..<0x7f).contains(scalar.value) && scalar != "\"" && scalar != "\\" && scalar != "%"
                    ? Character(scalar) : "_"
            })
        var encoded = ""
        for byte in fileName.utf8 {
            if byte.isAttributeCharacter {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + [byte].hexadecimal.uppercased()
            }
        }
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}

extension UInt8 {
    /// RFC 8187, section 3.2.1: may stand in an extended value as it is.
    fileprivate var isAttributeCharacter: Bool {
        isTokenCharacter && self != UInt8(ascii: "*") && self != UInt8(ascii: "'") && self != UInt8(ascii: "%")
    }
}

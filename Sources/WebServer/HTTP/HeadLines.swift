/// Reads the lines of one whole head, its final empty line included.
struct HeadLines {
    private let bytes: ArraySlice<UInt8>
    private let limits: ServerLimits
    private var index: Int
    private var fields = HTTPFields()

    /// - Parameter bytes: ends in CR LF CR LF and has no LF without a CR before it.
    init(_ bytes: ArraySlice<UInt8>, limits: ServerLimits) {
        self.bytes = bytes
        self.limits = limits
        index = bytes.startIndex
    }

    consuming func read() throws(HTTPError) -> RequestHead {
        let method = try readMethod()
        let target = try readTarget()
        let isHTTP10 = try readVersion()
        while try readField() {}
        let (path, authority) = try Self.originForm(target, method: method)
        try checkHost(isHTTP10: isHTTP10)
        if let authority { fields["host"] = authority }
        // RFC 9110, section 7.8: to be ignored.
        if isHTTP10 { fields["upgrade"] = nil }
        let framing = try bodyFraming(isHTTP10: isHTTP10)
        let wantsClose = fields.listContains("connection", "close")
        return RequestHead(
            method: HTTPMethod(rawValue: method), target: path, fields: fields, framing: framing,
            keepsAlive: isHTTP10 ? !wantsClose && fields.listContains("connection", "keep-alive") : !wantsClose,
            expectsContinue: try expectsContinue() && !isHTTP10 && framing != .none, isHTTP10: isHTTP10)
    }

    // MARK: - The request line (RFC 9112, section 3)

    private mutating func readMethod() throws(HTTPError) -> String {
        let start = index
        while bytes[index].isTokenCharacter { index += 1 }
        guard index > start, index - start <= 20, bytes[index] == .space else {
            throw .malformed("The request line must be: method, one space, target, one space, HTTP/1.1.")
        }
        defer { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func readTarget() throws(HTTPError) -> String {
        let start = index
        while bytes[index] > 0x20, bytes[index] < 0x7F { index += 1 }
        guard index > start, bytes[index] == .space else {
            throw .malformed("The request's target may hold printable ASCII only, the rest percent-encoded.")
        }
        guard index - start <= limits.target else { throw .targetTooLong(limit: limits.target) }
        defer { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func readVersion() throws(HTTPError) -> Bool {
        let start = index
        while bytes[index] != .carriageReturn, index - start < 9 { index += 1 }
        let version = Array(bytes[start..<index])
        guard version.count == 8, version.starts(with: Array("HTTP/".utf8)), version[6] == UInt8(ascii: "."),
            bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed,
            let major = version[5].digit, let minor = version[7].digit
        else { throw .malformed("The request line must end in HTTP/1.1.") }
        // A higher minor version is read as the highest one known (RFC 9110, section 2.5).
        guard major == 1 else {
            throw HTTPError(505, .versionNotSupported, "This server speaks HTTP/1.1 and HTTP/1.0 only.")
        }
        index += 2
        return minor == 0
    }

    /// The path and query of a target, and the authority when it came in absolute form.
    private static func originForm(_ target: String, method: String) throws(HTTPError) -> (String, String?) {
        guard !target.utf8.contains(UInt8(ascii: "#")) else {
            throw .malformed("The request's target may not hold a fragment (#).")
        }
        if target.utf8.first == UInt8(ascii: "/") { return (target, nil) }
        if target == "*", method == HTTPMethod.options.rawValue { return (target, nil) }
        for scheme in ["http://", "https://"] where HTTPFields.equal(String(target.prefix(scheme.utf8.count)), scheme) {
            let rest = target.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let authority = String(rest[..<end])
            guard !authority.isEmpty, HostName.isValid(authority) else {
                throw .malformed("The target's host is malformed.")
            }
            let path = rest[end...]
            return (path.first == "/" ? String(path) : "/" + path, authority)
        }
        throw .malformed("The request's target must be a path that begins with a slash.")
    }

    // MARK: - Fields (RFC 9112, section 5)

    /// Reads one field; false at the empty line.
    private mutating func readField() throws(HTTPError) -> Bool {
        if bytes[index] == .carriageReturn {
            guard index + 2 == bytes.endIndex else { throw .malformed("A line may not hold a bare CR.") }
            return false
        }
        guard fields.count < limits.fields else { throw .headTooLarge }
        let nameStart = index
        while bytes[index].isTokenCharacter { index += 1 }
        // A line that begins with white space (obs-fold) and white space before the colon end here too.
        guard index > nameStart, bytes[index] == UInt8(ascii: ":") else {
            throw .malformed("A field's name must be a token directly followed by a colon; lines may not be folded.")
        }
        let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
        index += 1
        while bytes[index] == .space || bytes[index] == 0x09 { index += 1 }
        let valueStart = index
        while bytes[index].isFieldCharacter { index += 1 }
        guard bytes[index] == .carriageReturn, bytes[index + 1] == .lineFeed else {
            throw .malformed("A field's value may not hold control characters.")
        }
        var valueEnd = index
        while valueEnd > valueStart, bytes[valueEnd - 1] == .space || bytes[valueEnd - 1] == 0x09 { valueEnd -= 1 }
        fields.append(name, String(decoding: bytes[valueStart..<valueEnd], as: UTF8.self))
        index += 2
        return true
    }

    /// RFC 9112, section 3.2.
    private func checkHost(isHTTP10: Bool) throws(HTTPError) {
        let hosts = fields.all("host")
        guard hosts.count == 1 || hosts.isEmpty && isHTTP10 else {
            throw .malformed("A request must have exactly one Host field.")
        }
        guard hosts.allSatisfy(HostName.isValid) else { throw .malformed("The Host field is malformed.") }
    }

    /// RFC 9112, section 6.3: two ways of framing in one request are an attack, not a request.
    private func bodyFraming(isHTTP10: Bool) throws(HTTPError) -> BodyFraming {
        let lengths = fields.all("content-length")
        if fields["transfer-encoding"] != nil {
            guard lengths.isEmpty else {
                throw .malformed("A request may not have both Content-Length and Transfer-Encoding.")
            }
            guard !isHTTP10 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
            let codings = fields.list("transfer-encoding")
            let chunked = codings.indices.filter { HTTPFields.equal(codings[$0], "chunked") }
            // Without chunked as the last one nobody knows where the body ends.
            guard chunked == [codings.count - 1] else {
                throw .malformed("The last transfer coding, and only the last, must be chunked.")
            }
            guard codings.count == 1 else {
                throw HTTPError(501, .notImplemented, "The only transfer coding understood here is chunked.")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1 else { throw .malformed("A request may have one Content-Length only.") }
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ $0.digit != nil }), let length = Int(text)
        else { throw .malformed("Content-Length must be a decimal number.") }
        return length == 0 ? .none : .length(length)
    }

    private func expectsContinue() throws(HTTPError) -> Bool {
        let expectations = fields.list("expect")
        guard expectations.allSatisfy({ HTTPFields.equal($0, "100-continue") }) else {
            throw HTTPError(417, .expectationFailed, "The only expectation met here is 100-continue.")
        }
        return !expectations.isEmpty
    }
}

extension UInt8 {
    /// The value of a decimal digit.
    var digit: Int? { (0x30...0x39).contains(self) ? Int(self) - 0x30 : nil }

    /// The value of a hexadecimal digit.
    var hexDigit: Int? {
        switch self {
        case 0x30...0x39: Int(self) - 0x30
        case 0x41...0x46: Int(self) - 0x37
        case 0x61...0x66: Int(self) - 0x57
        default: nil
        }
    }
}

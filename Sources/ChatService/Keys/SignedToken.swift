import Support

/// A JSON Web Token in compact form (RFC 7515, section 7.1), taken apart; whether its signature is good is another matter.
struct SignedToken: Sendable {
    /// The text has not that form.
    struct Fault: Error {}

    let algorithm: String
    /// `kid`: which key is said to have signed it.
    let keyID: String?
    /// Whether it has extensions that must be understood (`crit`); there are none that we do.
    let hasExtensions: Bool
    let claims: [String: JSONValue]
    /// What was signed.
    let message: [UInt8]
    let signature: [UInt8]

    /// - Parameter limit: bytes of the longest text.
    init(_ text: String, limit: Int) throws(Fault) {
        guard text.utf8.count <= limit else { throw Fault() }
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(in: parts[0]), case .string(let algorithm)? = header["alg"],
            let signature = Base64URL.decode(parts[2]), let claims = Self.object(in: parts[1])
        else { throw Fault() }
        switch header["kid"] {
        case .string(let id)?: keyID = id
        case nil, .null?: keyID = nil
        default: throw Fault()
        }
        self.algorithm = algorithm
        hasExtensions = header["crit"] != nil
        self.claims = claims
        message = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }

    private static func object(in part: ArraySlice<UInt8>) -> [String: JSONValue]? {
        guard let bytes = Base64URL.decode(part), String(validating: bytes, as: UTF8.self) != nil,
            case .object(let object)? = try? JSONReader.value(in: bytes)
        else { return nil }
        return object
    }
}

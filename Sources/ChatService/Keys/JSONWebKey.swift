import Support

/// A public key that checks signatures (RFC 7517). Which algorithm it checks is the key's own affair, never a token's.
package struct JSONWebKey: Sendable {
    package enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    private enum Material: Sendable {
        case rsa(RSAPublicKey)
        case p256(P256PublicKey)
    }

    /// The name by which tokens say which key signed them.
    package let id: String?
    private let material: Material

    package var algorithm: Algorithm {
        switch material {
        case .rsa: .rs256
        case .p256: .es256
        }
    }

    /// - Returns: nil for a key that cannot be used here: for encryption, of another kind or algorithm, too weak, or
    ///   malformed. Key sets may hold such (RFC 7517, section 5).
    init?(_ value: JSONValue) {
        guard case .object(let fields) = value, case .string(let kind)? = fields["kty"] else { return nil }
        func bytes(_ name: String) -> [UInt8]? {
            guard case .string(let text)? = fields[name] else { return nil }
            return Base64URL.decode(text.utf8)
        }
        switch fields["kid"] {
        case .string(let id)? where !id.isEmpty && id.utf8.count <= Self.longestID: self.id = id
        case nil, .null?: id = nil
        default: return nil
        }
        switch kind {
        case "RSA":
            guard let n = bytes("n"), let e = bytes("e"), let key = RSAPublicKey(modulus: n, exponent: e) else {
                return nil
            }
            material = .rsa(key)
        case "EC":
            guard fields["crv"] == .string("P-256"), let x = bytes("x"), let y = bytes("y"),
                let key = P256PublicKey(x: x, y: y)
            else { return nil }
            material = .p256(key)
        default: return nil
        }
        if let use = fields["use"], use != .string("sig") { return nil }
        if let named = fields["alg"], named != .string(algorithm.rawValue) { return nil }
        if let operations = fields["key_ops"] {
            guard case .array(let names) = operations, names.contains(.string("verify")) else { return nil }
        }
    }

    private static let longestID = 256

    /// Whether `signature` is the key's own of `message`.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch material {
        case .rsa(let key): key.verifies(signature, of: message)
        case .p256(let key): key.verifies(signature, of: message)
        }
    }
}

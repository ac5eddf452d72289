import Support

/// The public keys of somebody who signs tokens (RFC 7517, section 5).
package struct JSONWebKeySet: Sendable {
    /// Keys of one set, useful or not.
    static let mostKeys = 64
    /// Bytes of one set.
    package static let largest = 256 << 10

    package let keys: [JSONWebKey]

    /// Reads a set; keys that cannot be used here are left out.
    /// - Throws: `KeySetError` for what is no key set, has too many keys, or has none that can be used.
    package init(_ bytes: [UInt8]) throws(KeySetError) {
        guard bytes.count <= Self.largest, String(validating: bytes, as: UTF8.self) != nil,
            case .object(let object)? = try? JSONReader.value(in: bytes), case .array(let values)? = object["keys"],
            values.count <= Self.mostKeys
        else { throw .notAKeySet }
        keys = values.compactMap(JSONWebKey.init)
        guard !keys.isEmpty else { throw .noUsefulKey }
    }

    /// The key that a token names. Without a name only the one key of that algorithm is meant.
    package func key(_ id: String?, _ algorithm: JSONWebKey.Algorithm) -> JSONWebKey? {
        let fitting = keys.filter { $0.algorithm == algorithm }
        guard let id else { return fitting.count == 1 ? fitting[0] : nil }
        return fitting.first { $0.id == id }
    }
}

/// Why the keys of an issuer or a platform are not at hand.
package enum KeySetError: String, ExplainedError {
    case notAKeySet = "keys_malformed"
    case noUsefulKey = "keys_useless"
    case notHTTPS = "keys_not_https"
    case privateAddress = "keys_private_address"
    case unreachable = "keys_unreachable"
    case refused = "keys_refused"
    case tooLarge = "keys_too_large"

    package var label: String { rawValue }

    package var description: String {
        switch self {
        case .notAKeySet: "This is no JSON Web Key Set with at most \(JSONWebKeySet.mostKeys) keys: check the address."
        case .noUsefulKey: "The key set has no key for signatures: RSA of 2048 bits or more, or P-256."
        case .notHTTPS: "Key sets are read over https only; give an address that begins with https://."
        case .privateAddress:
            """
            The key set's address is one of a private network, which this server does not call; give the keys themselves \
            instead of an address.
            """
        case .unreachable: "The key set cannot be read just now: its server does not answer; try again in a minute."
        case .refused:
            "The key set's server did not answer with the keys (a redirect is not followed): check the address."
        case .tooLarge: "The key set is larger than \(JSONWebKeySet.largest >> 10) KiB."
        }
    }
}

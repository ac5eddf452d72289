import Support

/// The keys of an identity provider (OpenID Connect), read from its key set, for tokens of one algorithm.
package struct IssuerKeys: TokenKeys {
    package let algorithm: String
    private let kind: JSONWebKey.Algorithm
    private let url: String
    private let cache: KeySetCache

    package init(_ kind: JSONWebKey.Algorithm, at url: String, cache: KeySetCache) {
        self.kind = kind
        algorithm = kind.rawValue
        self.url = url
        self.cache = cache
    }

    /// - Throws: `KeySetError` when the provider's keys are not at hand.
    package func verifies(_ signature: [UInt8], of signed: [UInt8], keyID: String?) async throws -> Bool {
        guard let key = try await cache.key(keyID, kind, at: url) else { return false }
        return key.verifies(signature, of: signed)
    }
}

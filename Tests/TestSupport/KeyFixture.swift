import Foundation

/// Tests/Fixtures/keys/keys.json: keys, signatures and tokens that `cryptography` and PyJWT made.
package struct KeyFixture: Decodable, Sendable {
    package struct Signature: Decodable, Sendable {
        package let kid: String
        package let message: String
        package let signature: String
        package let good: Bool
    }

    package let signatures: [Signature]
    package let tokens: [String: String]
    /// In PEM.
    package let `private`: [String: String]

    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/keys/keys.json")

    package static func read() throws -> KeyFixture {
        try JSONDecoder().decode(KeyFixture.self, from: Data(contentsOf: file))
    }

    /// The JSON Web Key Set among it.
    package static func set() throws -> [String: Any] {
        let all = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return all?["set"] as? [String: Any] ?? [:]
    }

    package static func setBytes() throws -> [UInt8] { [UInt8](try JSONSerialization.data(withJSONObject: set())) }

    /// The bytes of a text in base64 for URLs.
    package static func bytes(_ text: String) -> [UInt8] {
        let plain = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return [UInt8](Data(base64Encoded: plain + padding) ?? Data())
    }

    /// A number of the set's key of that name: `n`, `e`, `x` or `y`.
    package static func number(_ name: String, of kid: String) throws -> [UInt8] {
        let keys = try set()["keys"] as? [Any] ?? []
        let key = keys.compactMap { $0 as? [String: Any] }.first { $0["kid"] as? String == kid }
        return bytes(key?[name] as? String ?? "")
    }
}

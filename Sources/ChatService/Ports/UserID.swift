/// Who somebody is: what the authenticator says, never what a request says of itself.
package struct UserID: Sendable, Hashable, Codable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }

    package init(from decoder: any Decoder) throws {
        name = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    /// The one user of a server in `open` mode.
    package static let local = UserID("local")

    package var description: String { name }
}

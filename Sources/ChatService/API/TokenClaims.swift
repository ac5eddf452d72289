/// What a token says of its bearer (RFC 7519, section 4.1); whether it is true, only the signature tells.
struct TokenClaims {
    /// A claim is there, but of another type than it must be.
    struct Fault: Error {}

    let subject: String?
    let expires: Double?
    let notBefore: Double?
    let issuer: String?
    let audience: [String]
    /// Of the claims `role` and `roles`.
    let roles: [String]

    init(_ claims: [String: JSONValue]) throws(Fault) {
        subject = try Self.text(claims["sub"])
        expires = try Self.number(claims["exp"])
        notBefore = try Self.number(claims["nbf"])
        issuer = try Self.text(claims["iss"])
        audience = try Self.names(claims["aud"])
        roles = try Self.names(claims["role"]) + Self.names(claims["roles"])
    }

    private static func text(_ value: JSONValue?) throws(Fault) -> String? {
        switch value {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw Fault()
        }
    }

    private static func number(_ value: JSONValue?) throws(Fault) -> Double? {
        switch value {
        case nil, .null?: return nil
        case .number(let number)?: return number
        default: throw Fault()
        }
    }

    /// One name or several.
    private static func names(_ value: JSONValue?) throws(Fault) -> [String] {
        guard case .array(let values)? = value else { return try text(value).map { [$0] } ?? [] }
        var names: [String] = []
        for value in values {
            guard let name = try text(value) else { throw Fault() }
            names.append(name)
        }
        return names
    }
}

import Support

/// What a token says of its bearer (RFC 7519, section 4.1); whether it is true, only the signature tells.
struct TokenClaims {
    /// A claim is there, but of another type than it must be.
    struct Fault: Error {}

    let subject: String?
    let expires: Double?
    let notBefore: Double?
    let issuedAt: Double?
    let issuer: String?
    let audience: [String]
    /// Of the claims `role` and `roles`: `admin`, `staff`; everybody else is a student.
    let standing: Standing
    let name: String?
    /// Of the claim `courses`, as `{"algoritmos": "staff", "fisica": "student"}`.
    let courses: [CourseID: CourseRole]
    /// Of the claim `only_courses`, names of courses: the token is good in no others.
    let limit: Set<CourseID>?
    /// The sign-in it comes from, of the claim `sid`.
    let session: String?

    init(_ claims: [String: JSONValue]) throws(Fault) {
        subject = try Self.text(claims["sub"])
        expires = try Self.number(claims["exp"])
        notBefore = try Self.number(claims["nbf"])
        issuedAt = try Self.number(claims["iat"])
        issuer = try Self.text(claims["iss"])
        audience = try Self.names(claims["aud"])
        let roles = try Self.names(claims["role"]) + Self.names(claims["roles"])
        standing = roles.contains("admin") ? .admin : roles.contains("staff") ? .staff : .student
        name = try Self.text(claims["name"])
        session = try Self.text(claims["sid"])
        courses = try Self.courses(claims["courses"])
        switch claims["only_courses"] {
        case nil, .null?: limit = nil
        case let value: limit = Set(try Self.names(value).map(Self.course))
        }
    }

    private static func courses(_ value: JSONValue?) throws(Fault) -> [CourseID: CourseRole] {
        guard let value, value != .null else { return [:] }
        guard case .object(let object) = value else { throw Fault() }
        var courses: [CourseID: CourseRole] = [:]
        for (name, role) in object {
            guard let role = CourseRole(rawValue: try text(role) ?? "") else { throw Fault() }
            courses[try course(name)] = role
        }
        return courses
    }

    private static func course(_ name: String) throws(Fault) -> CourseID {
        guard let course = try? CourseID(name) else { throw Fault() }
        return course
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

import ChatService
import Redis
import Support

/// Who opened a socket, as Redis keeps it: neither the token nor the person's name.
struct SocketReader: Codable, Sendable, Equatable {
    let user: UserID
    let expires: Timestamp?
    let standing: Standing
    let claimed: [String: CourseRole]
    let limitedTo: [String]?
    let session: String?

    init(_ principal: Principal) {
        user = principal.user
        expires = principal.expires
        standing = principal.standing
        claimed = Dictionary(principal.claimed.map { ($0.key.name, $0.value) }) { $1 }
        limitedTo = principal.limitedTo?.map(\.name).sorted()
        session = principal.session
    }

    var principal: Principal {
        Principal(
            user: user, expires: expires, standing: standing,
            claimed: Dictionary(
                claimed.compactMap { name, role in (try? CourseID(name)).map { ($0, role) } }
            ) { $1 },
            limitedTo: limitedTo.map { Set($0.compactMap { try? CourseID($0) }) }, session: session)
    }
}

/// A socket that this process, and nobody else, sends events to for a while.
struct SocketClaim: Sendable, Equatable {
    let connection: String
    /// Shown with every change: whoever lost the claim changes nothing.
    let token: String
    let session: String
    /// The number of the last event that was sent; at first what the client says it has seen; nil for nothing.
    let seen: Int64?
    let withheld: Int64?
    /// Whether `connected` is still to be sent.
    let isNew: Bool
    let expires: Timestamp?
    let opened: Timestamp
    /// Attempts in a row that failed.
    let tries: Int

    /// - Parameter fields: as `SocketScripts.claim` gives them; nil for anything else.
    init?(_ fields: ArraySlice<RESPValue>, token: String) {
        let fields = Array(fields)
        guard fields.count == Self.fields, let connection = fields[0].string, let session = fields[1].string,
            let seen = fields[2].number, let withheld = fields[3].number, let new = fields[4].number,
            let expires = fields[5].number, let opened = fields[6].number, let tries = fields[7].number
        else { return nil }
        self.connection = connection
        self.token = token
        self.session = session
        self.seen = seen < 0 ? nil : seen
        self.withheld = withheld < 0 ? nil : withheld
        isNew = new == 1
        self.expires = expires == 0 ? nil : Timestamp(milliseconds: expires)
        self.opened = Timestamp(milliseconds: opened)
        self.tries = Int(tries)
    }

    static let fields = 8

    static func list(_ reply: RESPValue, token: String) -> [SocketClaim] {
        let values = reply.elements ?? []
        return stride(from: 0, to: values.count, by: fields).compactMap {
            SocketClaim(values[$0..<min($0 + fields, values.count)], token: token)
        }
    }
}

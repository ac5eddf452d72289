import Support
import WebServer

extension ChatAPI {
    func installUsers(in router: inout MeasuredRouter) {
        router.on(.get, "/api/users", .admin, timed(users))
        router.on(.post, "/api/users", .admin, timed(addUser))
    }

    /// `GET /api/users`: the accounts of this server, in the order in which they were made.
    private func users(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let desk = try accountDesk()
        let limit = try number("limit", in: 1...1_000, default: 200, request)
        let page = try await desk.accounts.accounts(after: cursor(request), limit: limit)
        return .json(200, UsersView(users: page.items.map(AccountView.init), nextCursor: page.next?.text))
    }

    /// `POST /api/users`: with a password of its own, or one for once.
    private func addUser(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let desk = try accountDesk()
        let object = try await object(request)
        var fields = FieldReader(object)
        let name = fields.required("user")
        let shown = object["name"].map { $0 != .null } == true ? fields.text("name", limit: Account.longestName) : nil
        let standing = fields.standing()
        let password = fields.string("password")
        try fields.check()
        guard let user = Account.userID(name) else { throw AccountError.badName }
        let newcomer = AccountBook.Newcomer(user: user, name: shown, standing: standing)
        var temporary: String?
        if let password {
            _ = try await desk.book.open(newcomer, password: password)
        } else {
            guard let opened = try await desk.book.open([newcomer]).first else { throw AccountError.taken(user) }
            temporary = opened.password
        }
        await audit(
            "user.added", by: caller, in: nil, subject: user.name, details: ["standing": standing.rawValue])
        return .json(201, AddedUserView(id: user, standing: standing, temporaryPassword: temporary))
    }
}

extension FieldReader {
    /// The field `standing`; student where there is none.
    mutating func standing() -> Standing {
        guard let text = string("standing") else { return .student }
        guard let standing = Standing(rawValue: text) else {
            fail("standing", "'standing' must be 'student', 'staff' or 'admin'.")
            return .student
        }
        return standing
    }

    /// A whole number; `usual` where there is none.
    mutating func integer(_ name: String, in range: ClosedRange<Int>, default usual: Int) -> Int {
        switch value(name) {
        case nil, .null?: return usual
        case .number(let number)?:
            if let whole = Int(exactly: number), range.contains(whole) { return whole }
        default: break
        }
        fail(name, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        return usual
    }
}

struct AccountView: Encodable, Sendable {
    let id: UserID
    let name: String
    let standing: Standing
    let mustChangePassword: Bool
    /// Seconds since 1970.
    let createdAt: Int64

    init(_ account: Account) {
        id = account.user
        name = account.name
        standing = account.standing
        mustChangePassword = account.mustChange
        createdAt = account.createdAt.seconds
    }
}

struct UsersView: Encodable, Sendable {
    let users: [AccountView]
    /// Absent on the last page.
    let nextCursor: String?
}

struct AddedUserView: Encodable, Sendable {
    let id: UserID
    let standing: Standing
    /// Shown this once; absent where a password was given.
    let temporaryPassword: String?
}

import Support

/// The accounts that this server signs in itself.
package protocol Accounts: Sendable {
    func account(_ user: UserID) async throws -> Account?
    /// In the order in which they were made, after `cursor`, at most `limit`.
    func accounts(after cursor: PageCursor?, limit: Int) async throws -> Page<Account>
    /// Adds those whose name is not taken, and not kept back by `claim`, all at once.
    /// - Returns: who was added.
    /// - Throws: `AccountError.tooMany`.
    func add(_ accounts: [Account], _ claim: AccountClaim) async throws -> [UserID]
    /// Changes the password and ends the user's API tokens and sign-ins, but for one.
    /// - Parameter session: the sign-in that goes on.
    /// - Returns: false when there is no such account.
    func setPassword(
        _ password: PasswordHash, mustChange: Bool, of user: UserID, keeping session: String?
    ) async throws -> Bool
    /// Removes the account and ends its sign-ins; false when there is none.
    func remove(account user: UserID) async throws -> Bool
}

package struct Account: Sendable, Equatable {
    package let user: UserID
    /// For display.
    package let name: String
    package let standing: Standing
    package let password: PasswordHash
    /// The password was given by staff and is good for one thing: to choose another.
    package let mustChange: Bool
    package let createdAt: Timestamp

    package init(
        user: UserID, name: String, standing: Standing, password: PasswordHash, mustChange: Bool, createdAt: Timestamp
    ) {
        self.user = user
        self.name = name
        self.standing = standing
        self.password = password
        self.mustChange = mustChange
        self.createdAt = createdAt
    }

    /// Accounts of one server.
    package static let most = 200_000
    /// Characters of a display name.
    package static let longestName = 120

    /// The name to sign in with: lower case, 1 to 64 of a-z, 0-9 and `. _ @ + -`, beginning with a letter or digit.
    /// - Returns: nil for what cannot be one.
    package static func userID(_ text: String) -> UserID? {
        let name = text.trimmed.lowercased()
        let isPlain = { (byte: UInt8) in (48...57).contains(byte) || (97...122).contains(byte) }
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first, isPlain(first),
            name.utf8.allSatisfy({ isPlain($0) || ".-_@+".utf8.contains($0) })
        else { return nil }
        return UserID(name)
    }
}

/// Of whom that is known already, by a token from elsewhere or as a member, an account may be made: whoever has the account
/// has all that stands under the name.
package enum AccountClaim: Sendable, Equatable {
    /// Of anybody, for an administrator says whose it is.
    case anybody
    /// Of nobody who made a course, has an API token or is a member anywhere; but students of these courses, and members
    /// whom this very request made, in `joined`.
    case strangers(studentsOf: Set<CourseID> = [], joined: CourseID? = nil)
}

package enum AccountError: ExplainedError, Equatable {
    case tooMany
    case badName
    case badPassword(String)
    case taken(UserID)
    case unknown(UserID)

    package var label: String {
        switch self {
        case .tooMany: "too_many_accounts"
        case .badName: "bad_user_name"
        case .badPassword: "bad_password"
        case .taken: "user_name_taken"
        case .unknown: "unknown_user"
        }
    }

    package var description: String {
        switch self {
        case .tooMany: "The server has \(Account.most) accounts, which is the most; remove some first."
        case .badName:
            "A user name is 1 to 64 characters of a-z, 0-9 and . _ @ + -, and begins with a letter or digit, for example 'ana'."
        case .badPassword(let fault): fault
        case .taken(let user): "The user name '\(user)' is taken already; choose another one."
        case .unknown(let user): "There is no account '\(user)'."
        }
    }
}

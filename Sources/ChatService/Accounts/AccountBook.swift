import Support

/// The accounts, without signing in: for the routes, and for the command line beside a running server.
package struct AccountBook: Sendable {
    package let accounts: any Accounts
    private let hasher: PasswordHasher
    private let time: any TimeSource

    package init(
        accounts: any Accounts, hasher: PasswordHasher = PasswordHasher(), time: any TimeSource = SystemTime()
    ) {
        self.accounts = accounts
        self.hasher = hasher
        self.time = time
    }

    /// Somebody who shall have an account.
    package struct Newcomer: Sendable {
        package let user: UserID
        package let name: String?
        package let standing: Standing

        package init(user: UserID, name: String?, standing: Standing = .student) {
            self.user = user
            self.name = name
            self.standing = standing
        }
    }

    /// Makes accounts with temporary passwords for those who have none, whose names can be account names and whom `claim`
    /// does not keep back.
    /// - Returns: whom they were made for, with their passwords.
    package func open(_ newcomers: [Newcomer], _ claim: AccountClaim = .anybody) async throws -> [(
        user: UserID, password: String
    )] {
        var passwords: [UserID: String] = [:]
        var made: [Account] = []
        for newcomer in newcomers where passwords[newcomer.user] == nil {
            guard Account.userID(newcomer.user.name) == newcomer.user else { continue }
            guard try await accounts.account(newcomer.user) == nil else { continue }
            let password = TemporaryPassword.make()
            passwords[newcomer.user] = password
            made.append(
                Account(
                    user: newcomer.user, name: newcomer.name ?? newcomer.user.name, standing: newcomer.standing,
                    password: try await hasher.hashTemporary(password), mustChange: true, createdAt: time.now))
        }
        guard !made.isEmpty else { return [] }
        return try await accounts.add(made, claim).compactMap { user in passwords[user].map { (user, $0) } }
    }

    /// Makes an account with a password of its user's own choice.
    /// - Throws: `AccountError`.
    @discardableResult
    package func open(
        _ newcomer: Newcomer, password: String, _ claim: AccountClaim = .anybody
    ) async throws -> Account {
        guard Account.userID(newcomer.user.name) == newcomer.user else { throw AccountError.badName }
        if let fault = PasswordRules.fault(password, for: newcomer.user) { throw AccountError.badPassword(fault) }
        let account = Account(
            user: newcomer.user, name: newcomer.name ?? newcomer.user.name, standing: newcomer.standing,
            password: try await hasher.hash(password), mustChange: false, createdAt: time.now)
        guard try await !accounts.add([account], claim).isEmpty else { throw AccountError.taken(newcomer.user) }
        return account
    }

    /// Gives the user a password for once; their sign-ins end, though access tokens may live on for minutes.
    /// - Throws: `AccountError.unknown`.
    package func reset(_ user: UserID) async throws -> String {
        let password = TemporaryPassword.make()
        let hash = try await hasher.hashTemporary(password)
        guard try await accounts.setPassword(hash, mustChange: true, of: user, keeping: nil) else {
            throw AccountError.unknown(user)
        }
        return password
    }
}

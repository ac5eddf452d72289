import Support

/// Signs people in, and keeps their accounts: what the routes do, without HTTP.
package struct AccountDesk: Sendable {
    let book: AccountBook
    var accounts: any Accounts { book.accounts }
    let throttle: SignInThrottle
    private let signIns: any SignIns
    private let revoked: RevokedTokens
    private let hasher: PasswordHasher
    private let issuer: TokenIssuer
    private let time: any TimeSource

    package init(
        accounts: any Accounts, signIns: any SignIns, issuer: TokenIssuer, revoked: RevokedTokens,
        hasher: PasswordHasher = PasswordHasher(), throttle: SignInThrottle? = nil, time: any TimeSource = SystemTime()
    ) {
        book = AccountBook(accounts: accounts, hasher: hasher, time: time)
        self.signIns = signIns
        self.issuer = issuer
        self.revoked = revoked
        self.hasher = hasher
        self.throttle = throttle ?? SignInThrottle(time: time)
        self.time = time
    }

    /// What somebody has after signing in.
    struct SignedIn: Sendable {
        let account: Account
        let accessToken: String
        let refreshToken: String
    }

    /// One sentence for all who are not let in: it does not tell whether there is such an account.
    static let notLetIn = Problem(
        401, "wrong_credentials", "Not signed in", "The user name or the password is wrong.",
        headers: ["www-authenticate": "Bearer"])
    private static let sessionOver = Problem(
        401, "session_over", "Not signed in", "This sign-in has ended; sign in again.",
        headers: ["www-authenticate": "Bearer"])

    // MARK: - Signing in

    /// - Throws: `Problem` 401, 429, 503.
    func signIn(_ name: String, _ password: String, from address: String) async throws -> SignedIn {
        let user = Account.userID(name)
        let key = user?.name ?? ""
        try throttle.take(account: key, address: address)
        let account = try await user.asyncFlatMap { try await accounts.account($0) }
        guard try await hasher.matches(password, account?.password), let account else { throw Self.notLetIn }
        throttle.succeeded(account: key, address: address)
        return try await begin(account)
    }

    /// Signs somebody in whose password was just seen.
    func begin(_ account: Account) async throws -> SignedIn {
        let token = RandomIdentifier.makeSecret()
        let signIn = SignIn(
            id: RandomIdentifier.make(), user: account.user, tokenHash: Self.hash(token),
            expires: time.now + SignIn.lifetime)
        try await signIns.begin(signIn)
        revoked.began(session: signIn.id, of: account.user)
        return signedIn(account, session: signIn.id, refreshToken: token)
    }

    /// - Throws: `Problem` 401, also for a token that was used before; then the whole sign-in is over.
    func renew(_ token: String) async throws -> SignedIn {
        let next = RandomIdentifier.makeSecret()
        switch try await signIns.renew(Self.hash(token), with: Self.hash(next), until: time.now + SignIn.lifetime) {
        case .renewed(let user, let session):
            guard let account = try await accounts.account(user) else { throw Self.sessionOver }
            return signedIn(account, session: session, refreshToken: next)
        case .reused(_, let session):
            revoked.revoke(session: session)
            throw Self.sessionOver
        case .unknown:
            throw Self.sessionOver
        }
    }

    func signOut(_ token: String) async throws {
        if let session = try await signIns.end(tokenHash: Self.hash(token)) { revoked.revoke(session: session) }
    }

    /// A token for who must choose another password opens no course.
    private func signedIn(_ account: Account, session: String, refreshToken: String) -> SignedIn {
        let principal = Principal(
            user: account.user, name: account.name, standing: account.standing,
            limitedTo: account.mustChange ? [] : nil, session: session)
        return SignedIn(
            account: account, accessToken: issuer.access(for: principal), refreshToken: refreshToken)
    }

    // MARK: - Passwords

    /// Whether it is the user's password; a try like signing in.
    /// - Throws: `Problem` 403 when not, 429.
    func confirm(_ password: String, of user: UserID, from address: String) async throws -> Account {
        try throttle.take(account: user.name, address: address)
        let account = try await accounts.account(user)
        guard try await hasher.matches(password, account?.password), let account else {
            throw Problem(403, "wrong_password", "Wrong password", "The current password is wrong.")
        }
        throttle.succeeded(account: user.name, address: address)
        return account
    }

    /// Changes the password; other sign-ins of the user end.
    func change(_ current: String, to new: String, by principal: Principal, from address: String) async throws {
        let user = principal.user
        if let fault = PasswordRules.fault(new, for: user) { throw AccountError.badPassword(fault) }
        _ = try await confirm(current, of: user, from: address)
        guard current != new else { throw AccountError.badPassword("The new password is the current one.") }
        let hash = try await hasher.hash(new)
        guard
            try await accounts.setPassword(hash, mustChange: false, of: user, keeping: principal.session)
        else { throw AccountError.unknown(user) }
    }

    // MARK: - Accounts

    /// Gives the user a password for once; all their sign-ins end.
    func reset(_ user: UserID) async throws -> String {
        let password = try await book.reset(user)
        revoked.revoke(user: user)
        return password
    }

    /// Removes the account; its tokens are refused at once.
    func remove(_ user: UserID) async throws -> Bool {
        revoked.revoke(user: user)
        return try await accounts.remove(account: user)
    }

    /// A token is random already: nothing slow is needed.
    static func hash(_ token: String) -> String { SHA256.hex(token.utf8) }
}

extension Optional {
    /// `flatMap` for what has to be waited for.
    fileprivate func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}

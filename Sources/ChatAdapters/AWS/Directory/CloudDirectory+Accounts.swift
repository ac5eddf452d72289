import AWS
import ChatService
import Support

extension CloudDirectory: Accounts {
    /// Accounts of one transaction: two items each, and the head.
    private static let step = 45
    /// Names that are looked at together, whether they are known.
    private static let lookedAtOnce = 16

    package func account(_ user: UserID) async throws -> Account? {
        try await table.item(DirectoryKey.account(user)).map(AccountItem.init)?.account
    }

    package func accounts(after cursor: PageCursor?, limit: Int) async throws -> Page<Account> {
        let from = DirectoryKey.listed + ChatKey.padded((cursor?.order ?? 0) + 1)
        let query = ItemQuery(DirectoryKey.accounts, .between(from, DirectoryKey.listed + "~")).first(limit + 1)
        let places = try await table.first(limit + 1, query)
        let keys = places.prefix(limit).compactMap { $0.text("user").map { DirectoryKey.account(UserID($0)) } }
        let found = try await table.all(keys)
        return Page(
            items: try keys.compactMap { try found[$0].map(AccountItem.init)?.account },
            next: places.count > limit ? places.prefix(limit).last.flatMap(Self.number) : nil)
    }

    /// All at once up to 45. More go in steps of so many; whoever is told of an error then finds some added.
    package func add(_ accounts: [Account], _ claim: AccountClaim) async throws -> [UserID] {
        let count = AccountHead(try await table.item(DirectoryKey.accountHead)).count
        guard count + accounts.count <= Account.most else { throw AccountError.tooMany }
        var names: Set<UserID> = []
        // What a name stands for is looked at before: who joins a course meanwhile might as well have joined it after.
        let free = try await free(accounts.filter { names.insert($0.user).inserted }, claim)
        var added: [UserID] = []
        for start in stride(from: 0, to: free.count, by: Self.step) {
            let portion = Array(free[start..<min(start + Self.step, free.count)])
            added += try await change(in: DirectoryKey.accounts) { try await Self.add(portion, $0) }
        }
        return added
    }

    private static func add(_ accounts: [Account], _ transaction: CloudTransaction) async throws -> [UserID] {
        try await transaction.read(accounts.map { DirectoryKey.account($0.user) } + [DirectoryKey.accountHead])
        var head = AccountHead(try await transaction.item(DirectoryKey.accountHead))
        var added: [UserID] = []
        for account in accounts {
            if let known = try await transaction.item(DirectoryKey.account(account.user)) {
                // Ours, when an answer of the table was lost: nobody else's has this salt.
                if transaction.attempt > 0, try AccountItem(known).account == account { added.append(account.user) }
                continue
            }
            AccountItem(account, number: head.enter()).put(transaction)
            added.append(account.user)
        }
        guard head.count <= Account.most else { throw AccountError.tooMany }
        if !transaction.writes.isEmpty { head.put(transaction) }
        return added
    }

    /// Those under whose name nothing stands that `claim` keeps back; the accounts themselves are not looked for.
    private func free(_ accounts: [Account], _ claim: AccountClaim) async throws -> [Account] {
        guard case .strangers(let courses, let joined) = claim else { return accounts }
        var free: Set<UserID> = []
        for start in stride(from: 0, to: accounts.count, by: Self.lookedAtOnce) {
            free.formUnion(
                try await withThrowingTaskGroup(of: UserID?.self) { group in
                    for account in accounts[start..<min(start + Self.lookedAtOnce, accounts.count)] {
                        group.addTask {
                            try await self.isKnown(account.user, beyond: courses, joined) ? nil : account.user
                        }
                    }
                    return try await group.reduce(into: Set<UserID>()) { if let user = $1 { $0.insert(user) } }
                })
        }
        return accounts.filter { free.contains($0.user) }
    }

    /// Whether somebody of that name made a course, has an API token, or is a member of a course: other than `joined`, and
    /// not a student of one of `courses`.
    private func isKnown(_ user: UserID, beyond courses: Set<CourseID>, _ joined: CourseID?) async throws -> Bool {
        let query = ItemQuery(
            DirectoryKey.user(user), .between(DirectoryKey.known.first, DirectoryKey.known.last))
        return try await !table.first(1, query) { item in
            guard item.key.sk.hasPrefix(DirectoryKey.courses) else { return true }
            let member = try MemberItem(item)
            return member.course != joined && (member.role != .student || !courses.contains(member.course))
        }.isEmpty
    }

    /// Password, sign-ins and API tokens in one transaction; where the tokens stood in lists is tidied up after it.
    package func setPassword(
        _ password: PasswordHash, mustChange: Bool, of user: UserID, keeping session: String?
    ) async throws -> Bool {
        let (isKnown, tokens) = try await change { transaction in
            let known = try await transaction.item(DirectoryKey.account(user))
            if var item = known {
                item[text: "password"] = password.text
                item[flag: "mustChange"] = mustChange
                transaction.put(item, at: item.key)
            }
            try await self.endSignIns(of: user, but: session, transaction)
            // Whoever had the password may have made one.
            return (known != nil, try await self.endTokens(of: user, transaction))
        }
        try await unlist(tokens)
        return isKnown
    }

    package func remove(account user: UserID) async throws -> Bool {
        var wasThere = false
        return try await change { transaction in
            try await self.endSignIns(of: user, but: nil, transaction)
            guard let item = try await transaction.item(DirectoryKey.account(user)) else { return wasThere }
            wasThere = true
            var head = AccountHead(try await transaction.item(DirectoryKey.accountHead))
            head.count -= 1
            transaction.delete(item.key)
            transaction.delete(DirectoryKey.listed(item.int64("number") ?? 0))
            head.put(transaction)
            return true
        }
    }
}

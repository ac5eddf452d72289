import ChatService
import SQLite
import Support

extension SQLiteDirectory: Accounts {
    private static let columns = "number, user, name, standing, password, must_change, created_at"

    package func account(_ user: UserID) async throws -> Account? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(Self.columns) FROM account WHERE user = ?", [SQLValue(user.name)], Self.account)
        }?.account
    }

    package func accounts(after cursor: PageCursor?, limit: Int) async throws -> Page<Account> {
        let found = try await database.read { connection in
            try connection.rows(
                "SELECT \(Self.columns) FROM account WHERE number > ? ORDER BY number LIMIT ?",
                [SQLValue(cursor?.order ?? 0), SQLValue(limit + 1)], Self.account)
        }
        let items = found.prefix(limit)
        return Page(
            items: items.map(\.account),
            next: found.count > limit ? items.last.map { PageCursor(order: $0.number) } : nil)
    }

    package func add(_ accounts: [Account], _ claim: AccountClaim) async throws -> [UserID] {
        try await database.write { connection in
            let count = try connection.row("SELECT count(*) FROM account", [], { $0.int(0) }) ?? 0
            guard count + accounts.count <= Account.most else { throw AccountError.tooMany }
            return try accounts.filter { account in
                guard try Self.isFree(account.user, claim, connection) else { return false }
                return try connection.run(
                    """
                    INSERT INTO account (user, name, standing, password, must_change, created_at)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user) DO NOTHING
                    """,
                    [
                        SQLValue(account.user.name), SQLValue(account.name), SQLValue(account.standing.rawValue),
                        SQLValue(account.password.text), SQLValue(account.mustChange), SQLValue(account.createdAt),
                    ]) > 0
            }.map(\.user)
        }
    }

    /// Whether nothing stands under the name that `claim` keeps back; the account itself is not looked for.
    private static func isFree(_ user: UserID, _ claim: AccountClaim, _ connection: Connection) throws -> Bool {
        guard case .strangers(let courses, let joined) = claim else { return true }
        let isKnown = try connection.row(
            """
            SELECT 1 FROM member WHERE user = ?1 AND course IS NOT ?2
                AND (role <> 'student' OR course NOT IN (SELECT value FROM json_each(?3)))
            UNION ALL SELECT 1 FROM course_maker WHERE user = ?1
            UNION ALL SELECT 1 FROM api_token WHERE user = ?1 LIMIT 1
            """,
            [SQLValue(user.name), SQLValue(joined?.name), SQLValue(JSONText.encode(courses.map(\.name)))],
            { _ in true })
        return isKnown != true
    }

    package func setPassword(
        _ password: PasswordHash, mustChange: Bool, of user: UserID, keeping session: String?
    ) async throws -> Bool {
        try await database.write { connection in
            let changed = try connection.run(
                "UPDATE account SET password = ?, must_change = ? WHERE user = ?",
                [SQLValue(password.text), SQLValue(mustChange), SQLValue(user.name)])
            try connection.run(
                "DELETE FROM refresh_token WHERE user = ? AND family <> ?",
                [SQLValue(user.name), SQLValue(session ?? "")])
            // Whoever had the password may have made one.
            try connection.run("DELETE FROM api_token WHERE user = ?", [SQLValue(user.name)])
            return changed > 0
        }
    }

    package func remove(account user: UserID) async throws -> Bool {
        try await database.write { connection in
            try connection.overwriting {
                try connection.run("DELETE FROM refresh_token WHERE user = ?", [SQLValue(user.name)])
                return try connection.run("DELETE FROM account WHERE user = ?", [SQLValue(user.name)]) > 0
            }
        }
    }

    /// - Throws: for a row whose password no version of this program wrote: nobody could sign in by it.
    private static func account(_ row: Row) throws -> (number: Int64, account: Account) {
        guard let password = PasswordHash(text: row.text(4)) else { throw UnreadableAccount() }
        return (
            row.int64(0),
            Account(
                user: UserID(row.text(1)), name: row.text(2), standing: Standing(rawValue: row.text(3)) ?? .student,
                password: password, mustChange: row.int(5) == 1, createdAt: row.timestamp(6))
        )
    }
}

/// A stored account that cannot be used.
struct UnreadableAccount: ExplainedError {
    let label = "unreadable_account"
    let description =
        "An account's password is stored in a form that this version does not know; set a new one with 'gepeto users password'."
}

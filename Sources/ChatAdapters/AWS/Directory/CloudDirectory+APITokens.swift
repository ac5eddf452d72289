import AWS
import ChatService
import Support

extension CloudDirectory: APITokens {
    package func add(_ token: APIToken, digest: String) async throws {
        let item = TokenItem(token: token, digest: digest)
        try await change { transaction in
            // Ours, when an answer of the table was lost.
            if transaction.attempt > 0, try await transaction.item(item.key) != nil { return }
            _ = try await transaction.item(DirectoryKey.tokenGate(token.user))
            let known = try await self.listed(of: token.user)
            let good = known.filter { $0.token.map { $0.expiresAt > token.createdAt } ?? false }
            guard good.count < APIToken.most else { throw APITokenError.tooMany }
            // Those that have ended count no more.
            for ended in known.prefix(APIToken.most) where ended.token.map({ $0.expiresAt <= token.createdAt }) ?? true
            {
                ended.delete(transaction)
            }
            item.put(transaction)
            transaction.put([:], at: DirectoryKey.tokenGate(token.user))
        }
    }

    package func tokens(of user: UserID) async throws -> [APIToken] {
        let now = time.now
        return try await listed(of: user).compactMap(\.token).filter { $0.expiresAt > now }
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(APIToken.most).map { $0 }
    }

    package func token(digest: String) async throws -> APIToken? {
        let token = try await table.item(DirectoryKey.digest(digest)).map(TokenItem.init)?.token
        return token.flatMap { $0.expiresAt > time.now ? $0 : nil }
    }

    package func noteUse(of id: String, on day: Int) async throws {
        guard let digest = try await table.item(DirectoryKey.tokenID(id))?.text("digest") else { return }
        try await change { transaction in
            guard var item = try await transaction.item(DirectoryKey.digest(digest)) else { return }
            item[int: "lastUsedOn"] = day
            transaction.put(item, at: item.key)
        }
    }

    package func revoke(_ id: String, of user: UserID) async throws -> Bool {
        var wasThere = false
        return try await change { transaction in
            guard let listed = try await transaction.item(DirectoryKey.token(id, of: user)) else { return wasThere }
            wasThere = true
            try ListedToken(listed).delete(transaction)
            return true
        }
    }

    package func revokeAll(of user: UserID) async throws {
        try await unlist(try await change { try await self.endTokens(of: user, $0) })
        try await change { $0.delete(DirectoryKey.tokenGate(user)) }
    }

    /// In portions; whoever calls it again goes on.
    package func revokeAll(for course: CourseID) async throws {
        while true {
            let query = ItemQuery(DirectoryKey.course(course), .begins(DirectoryKey.tokens)).first(Self.portion)
            let found = try await table.first(Self.portion, query)
            if found.isEmpty { return }
            try await unlist(try found.map(ListedToken.init))
        }
    }

    /// Tokens of one transaction: four items each.
    private static let portion = 20
    /// Of one user; a token is gone from their list before it is from the table (`setPassword`).
    private static let mostListed = 40

    /// Ends all tokens of a user within the transaction, which writes one item for each.
    /// - Returns: where they stood in lists, for `unlist`.
    func endTokens(of user: UserID, _ transaction: CloudTransaction) async throws -> [ListedToken] {
        let listed = try await listed(of: user)
        for each in listed { transaction.delete(DirectoryKey.digest(each.digest)) }
        return listed
    }

    /// Takes tokens out of every list, and from the table.
    func unlist(_ tokens: [ListedToken]) async throws {
        for start in stride(from: 0, to: tokens.count, by: Self.portion) {
            let portion = tokens[start..<min(start + Self.portion, tokens.count)]
            try await change { transaction in for each in portion { each.delete(transaction) } }
        }
    }

    /// A user's tokens with what is left of each.
    private func listed(of user: UserID) async throws -> [ListedToken] {
        let query = ItemQuery(DirectoryKey.user(user), .begins(DirectoryKey.tokens)).first(Self.mostListed)
        var listed = try await table.first(Self.mostListed, query).map(ListedToken.init)
        let found = try await table.all(listed.map { DirectoryKey.digest($0.digest) })
        for index in listed.indices {
            listed[index].token = try found[DirectoryKey.digest(listed[index].digest)].map(TokenItem.init)?.token
        }
        return listed
    }
}

/// A token as it stands under its digest, where a program finds it with one read.
struct TokenItem {
    let token: APIToken
    let digest: String

    var key: ItemKey { DirectoryKey.digest(digest) }

    init(token: APIToken, digest: String) { (self.token, self.digest) = (token, digest) }

    /// - Throws: for an item that this program did not write.
    init(_ item: Item) throws {
        digest = try item.needed("digest")
        token = APIToken(
            id: try item.needed("id"), user: UserID(try item.needed("user")), name: item.text("name") ?? "",
            course: try CourseID(try item.needed("course")),
            granted: item.text("granted").flatMap(CourseRole.init(rawValue:)),
            createdAt: try item.neededMoment("createdAt"), expiresAt: try item.neededMoment("expiresAt"),
            lastUsedOn: item.int("lastUsedOn"))
    }

    /// Stores it, and where it is found by its owner, its course and its id.
    func put(_ transaction: CloudTransaction) {
        let listed: Item = [
            "id": .s(token.id), "digest": .s(digest), "user": .s(token.user.name), "course": .s(token.course.name),
        ]
        var item = listed
        item["name"] = .s(token.name)
        item[text: "granted"] = token.granted?.rawValue
        item[moment: "createdAt"] = token.createdAt
        item[moment: "expiresAt"] = token.expiresAt
        transaction.put(item.kept(until: token.expiresAt), at: key)
        for key in ListedToken.keys(token.id, token.user, token.course) {
            transaction.put(listed.kept(until: token.expiresAt), at: key)
        }
    }
}

/// A token in a list: of its owner, of its course, or by its id.
struct ListedToken: Sendable {
    let id: String
    let user: UserID
    let course: CourseID
    let digest: String
    /// nil for one that was not read, or is gone.
    var token: APIToken?

    init(_ item: Item) throws {
        (id, digest) = (try item.needed("id"), try item.needed("digest"))
        (user, course) = (UserID(try item.needed("user")), try CourseID(try item.needed("course")))
    }

    static func keys(_ id: String, _ user: UserID, _ course: CourseID) -> [ItemKey] {
        [DirectoryKey.token(id, of: user), DirectoryKey.token(id, for: course), DirectoryKey.tokenID(id)]
    }

    func delete(_ transaction: CloudTransaction) {
        transaction.delete(DirectoryKey.digest(digest))
        for key in Self.keys(id, user, course) { transaction.delete(key) }
    }
}

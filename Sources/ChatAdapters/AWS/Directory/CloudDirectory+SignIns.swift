import AWS
import ChatService
import Support

/// A sign-in counts its tokens: the last one is good, those before it were used. A token's item names its sign-in and its
/// number, so that none has to be written again when it is used, and nobody's name stands in it: it goes by its own time.
extension CloudDirectory: SignIns {
    /// Used tokens that are known again, of one sign-in: a thief who waits for longer meets a token of nobody.
    private static let mostSpent: Int64 = 200
    /// Sign-ins that end together: what a race may leave above `SignIn.most` is among them.
    private static let mostEnded = 24

    package func begin(_ signIn: SignIn) async throws {
        let known = try await signIns(of: signIn.user).filter { $0.id != signIn.id }
        let now = time.now
        // The one that begins is the newest.
        let (good, past) = (known.filter { $0.expiresAt > now }, known.filter { $0.expiresAt <= now })
        let ended = good.sorted { $0.renewedAt > $1.renewedAt }.dropFirst(SignIn.most - 1) + past
        try await change { transaction in
            SignInItem(
                id: signIn.id, user: signIn.user, count: 0, begunAt: now, renewedAt: now, expiresAt: signIn.expires
            ).put(signIn.tokenHash, transaction)
            for each in ended.prefix(Self.mostEnded) { each.delete(transaction) }
        }
    }

    package func renew(_ tokenHash: String, with next: String, until end: Timestamp) async throws -> Renewal {
        // Said again when the sign-in is gone by this very call, whose answer was lost.
        var ended = Renewal.unknown
        return try await change { transaction in
            guard let token = try await transaction.refreshToken(tokenHash), token.expiresAt > transaction.now,
                var signIn = try await transaction.signIn(token.signIn), token.number >= signIn.count - Self.mostSpent
            else { return ended }
            guard token.number == signIn.count else {
                // Ours, when an answer of the table was lost.
                if transaction.attempt > 0, let mine = try await transaction.refreshToken(next),
                    mine.signIn == signIn.id, mine.number == token.number + 1
                {
                    return .renewed(user: signIn.user, session: signIn.id)
                }
                signIn.delete(transaction)
                ended = .reused(user: signIn.user, session: signIn.id)
                return ended
            }
            (signIn.count, signIn.renewedAt, signIn.expiresAt) = (signIn.count + 1, transaction.now, end)
            signIn.put(next, transaction)
            return .renewed(user: signIn.user, session: signIn.id)
        }
    }

    package func end(tokenHash: String) async throws -> String? {
        var ended: String?
        return try await change { transaction in
            guard let token = try await transaction.refreshToken(tokenHash),
                let signIn = try await transaction.signIn(token.signIn), token.number >= signIn.count - Self.mostSpent
            else { return ended }
            ended = signIn.id
            signIn.delete(transaction)
            return ended
        }
    }

    /// Within the transaction, which writes two items for each.
    func endSignIns(of user: UserID, but session: String?, _ transaction: CloudTransaction) async throws {
        for signIn in try await signIns(of: user).prefix(Self.mostEnded) where signIn.id != session {
            signIn.delete(transaction)
        }
    }

    /// The last begun are no more than `SignIn.most`, and what two at once may add.
    func signIns(of user: UserID) async throws -> [SignInItem] {
        try await table.first(
            Self.mostEnded * 2, ItemQuery(DirectoryKey.user(user), .begins(DirectoryKey.signIns))
        ).map(SignInItem.init)
    }
}

/// One sign-in, in an item of its own, by which it is renewed, and in one with its user.
struct SignInItem {
    let id: String
    let user: UserID
    /// The number of its last token; the first has 0.
    var count: Int64
    let begunAt: Timestamp
    var renewedAt: Timestamp
    var expiresAt: Timestamp

    init(id: String, user: UserID, count: Int64, begunAt: Timestamp, renewedAt: Timestamp, expiresAt: Timestamp) {
        (self.id, self.user, self.count) = (id, user, count)
        (self.begunAt, self.renewedAt, self.expiresAt) = (begunAt, renewedAt, expiresAt)
    }

    /// - Throws: for an item that this program did not write.
    init(_ item: Item) throws {
        id = try item.needed("id")
        user = UserID(try item.needed("user"))
        count = item.int64("count") ?? 0
        begunAt = try item.neededMoment("begunAt")
        renewedAt = try item.neededMoment("renewedAt")
        expiresAt = try item.neededMoment("expiresAt")
    }

    /// With its last token.
    func put(_ tokenHash: String, _ transaction: CloudTransaction) {
        let item: Item = [
            "id": .s(id), "user": .s(user.name), "count": .n(String(count)),
            "begunAt": .n(String(begunAt.milliseconds)), "renewedAt": .n(String(renewedAt.milliseconds)),
            "expiresAt": .n(String(expiresAt.milliseconds)),
        ]
        transaction.put(item.kept(until: expiresAt), at: DirectoryKey.signIn(id))
        transaction.put(item.kept(until: expiresAt), at: DirectoryKey.signedIn(user, id))
        let token: Item = [
            "signIn": .s(id), "number": .n(String(count)), "expiresAt": .n(String(expiresAt.milliseconds)),
        ]
        transaction.put(token.kept(until: expiresAt), at: DirectoryKey.refresh(tokenHash))
    }

    /// Its tokens are nobody's then.
    func delete(_ transaction: CloudTransaction) {
        transaction.delete(DirectoryKey.signIn(id))
        transaction.delete(DirectoryKey.signedIn(user, id))
    }
}

extension CloudTransaction {
    func signIn(_ id: String) async throws -> SignInItem? {
        try await item(DirectoryKey.signIn(id)).map(SignInItem.init)
    }

    func refreshToken(_ hash: String) async throws -> (signIn: String, number: Int64, expiresAt: Timestamp)? {
        guard let item = try await item(DirectoryKey.refresh(hash)) else { return nil }
        guard let number = item.int64("number") else { throw CloudStoreError.unreadable }
        return (try item.needed("signIn"), number, try item.neededMoment("expiresAt"))
    }
}

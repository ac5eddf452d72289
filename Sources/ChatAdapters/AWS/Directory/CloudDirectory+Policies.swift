import AWS
import ChatService
import Support

extension CloudDirectory: Policies {
    /// - Throws: also for a policy that cannot be read: rules that nobody knows are not taken for none.
    package func policy(of course: CourseID) async throws -> StoredPolicy {
        try await table.item(DirectoryKey.policy(course)).map(Self.policy) ?? .none
    }

    package func set(
        _ policy: CoursePolicy, of course: CourseID, expecting version: Int?, by user: UserID, at moment: Timestamp
    ) async throws -> StoredPolicy? {
        let text = JSONText.encode(policy)
        try CloudDirectoryError.check(text)
        let call = RandomIdentifier.make()
        return try await change { transaction in
            let former = try await transaction.item(DirectoryKey.policy(course))
            // Ours, when an answer of the table was lost.
            if let former, former.text("call") == call { return try Self.policy(former) }
            let last = former?.int("version") ?? 0
            guard version == nil || version == last else { return nil }
            var item: Item = [
                "policy": .s(text), "version": .n(String(last + 1)), "call": .s(call),
                "at": .n(String(moment.milliseconds)),
            ]
            item.note(user, "POLICY#\(course.name)")
            transaction.put(item, at: DirectoryKey.policy(course))
            return StoredPolicy(policy, version: last + 1, changedBy: user, changedAt: moment)
        }
    }

    package func removePolicy(of course: CourseID) async throws {
        try await change { $0.delete(DirectoryKey.policy(course)) }
    }

    private static func policy(_ item: Item) throws -> StoredPolicy {
        StoredPolicy(
            try JSONText.decode(CoursePolicy.self, from: try item.needed("policy")), version: item.int("version") ?? 0,
            changedBy: item.actor, changedAt: item.moment("at"))
    }
}

/// Who made something or changed it last: found by the index when their name is to be erased (`AuditTrail.forget`).
extension Item {
    var actor: UserID? { text("by").map { UserID($0) } }

    /// - Parameter place: in the index.
    mutating func note(_ user: UserID, _ place: String) {
        self["by"] = .s(user.name)
        self["gpk"] = .s(DirectoryKey.of(user))
        self["gsk"] = .s(place)
    }

    /// Puts another name in the place of one, which no index leads to.
    mutating func forget(as name: String) {
        self["by"] = .s(name)
        self["gpk"] = nil
        self["gsk"] = nil
    }
}

import AWS
import ChatService
import Support

/// The trail stands in the order of time, each entry once; who did it and to whom it was done stand with those names, so
/// that an erasure and an export find them. The trail of one course comes from the index, which follows within moments.
extension CloudDirectory: AuditTrail {
    private static let age = Duration.seconds(730 * 24 * 3600)
    /// Entries that are looked at together when a name is erased: three items each at most.
    private static let portion = 30

    package func record(_ entry: AuditEntry) async throws {
        let place = ChatKey.text(entry.at, stamp())
        var item: Item = [
            "at": .n(String(entry.at.milliseconds)), "actor": .s(entry.actor.name), "action": .s(entry.action),
            "subject": .s(entry.subject), "details": .s(JSONText.encode(entry.details)),
        ]
        if let course = entry.course {
            item["course"] = .s(course.name)
            item["gpk"] = .s(DirectoryKey.trail(of: course))
            item["gsk"] = .s(place)
        }
        let end = entry.at + Self.age
        try await change { transaction in
            transaction.put(item.kept(until: end), at: ItemKey(DirectoryKey.trail, place))
            for (name, kind) in [(entry.actor.name, DirectoryKey.did), (entry.subject, DirectoryKey.was)] {
                transaction.put(
                    ([:] as Item).kept(until: end), at: ItemKey(DirectoryKey.user(UserID(name)), kind + place))
            }
        }
    }

    package func entries(of course: CourseID?, after cursor: PageCursor?, limit: Int) async throws -> Page<AuditEntry> {
        let end = cursor.map { "\(ChatKey.padded($0.order))#\($0.id)" }
        // `~` comes after all digits.
        var query = ItemQuery(
            course.map(DirectoryKey.trail(of:)) ?? DirectoryKey.trail,
            .between(ChatKey.text(time.now - Self.age), end ?? "~")
        ).backwards.first(limit + 2)
        query.inIndex = course != nil
        // Where the last page ended belongs to it.
        let found = try await table.first(limit + 1, query) { $0.key.sk != end }
        let shown = found.prefix(limit)
        let items = try await entries(shown.map(\.key.sk), read: course == nil ? Array(shown) : nil)
        return Page(
            items: try items.map(Self.entry),
            next: found.count > limit ? try shown.last.map { try Self.cursor($0.key.sk) } : nil)
    }

    /// The entries of these places, in their order.
    func entries(_ places: [String], read: [Item]? = nil) async throws -> [Item] {
        if let read { return read }
        let keys = places.map { ItemKey(DirectoryKey.trail, $0) }
        let found = try await table.all(keys)
        return keys.compactMap { found[$0] }
    }

    private static func cursor(_ place: String) throws -> PageCursor {
        let parts = place.split(separator: "#")
        guard parts.count == 2, let order = Int64(parts[0]) else { throw CloudStoreError.unreadable }
        return PageCursor(order: order, id: String(parts[1]))
    }

    static func entry(_ item: Item) throws -> AuditEntry {
        AuditEntry(
            at: try item.neededMoment("at"), actor: UserID(try item.needed("actor")), action: try item.needed("action"),
            course: try item.text("course").map { try CourseID($0) }, subject: item.text("subject") ?? "",
            details: try JSONText.decode([String: String].self, from: try item.needed("details")))
    }

    /// In steps; whoever calls it again goes on. What the index does not show yet, made within the last moments, is taken
    /// by the next call.
    package func forget(_ user: UserID, as name: String) async throws {
        for kind in [DirectoryKey.was, DirectoryKey.did] {
            try await eachPage(ItemQuery(DirectoryKey.user(user), .begins(kind)).first(Self.portion)) { page in
                let places = page.map { String($0.key.sk.dropFirst(kind.count)) }
                try await change { try await Self.forget(user, as: name, in: places, $0) }
            }
        }
        // Who did it stands in the trail, for as long as that is kept.
        try await eachPage(ItemQuery(DirectoryKey.of(user)).index.first(Self.portion)) { page in
            try await change { transaction in
                try await transaction.read(page.map(\.key))
                for key in page.map(\.key) {
                    guard var item = try await transaction.item(key), item.actor == user else { continue }
                    item.forget(as: name)
                    transaction.put(item, at: key)
                }
            }
        }
    }

    private static func forget(
        _ user: UserID, as name: String, in places: [String], _ transaction: CloudTransaction
    ) async throws {
        try await transaction.read(places.map { ItemKey(DirectoryKey.trail, $0) })
        for place in places {
            let key = ItemKey(DirectoryKey.trail, place)
            guard var item = try await transaction.item(key) else { continue }
            let isSubject = item.text("subject") == user.name
            // What they did with what was theirs; `token.`: with their own API tokens.
            if item.text("actor") == user.name, isSubject || item.text("action")?.hasPrefix("token.") == true {
                item["actor"] = .s(name)
                transaction.delete(ItemKey(DirectoryKey.user(user), DirectoryKey.did + place))
            }
            if isSubject {
                item["subject"] = .s(name)
                transaction.delete(ItemKey(DirectoryKey.user(user), DirectoryKey.was + place))
            }
            guard item != (try await transaction.item(key)) else { continue }
            transaction.put(item, at: key)
        }
    }

    /// Page by page, also while `body` deletes what it was shown.
    private func eachPage(_ query: ItemQuery, _ body: ([Item]) async throws -> Void) async throws {
        var query = query
        while true {
            let page = try await table.page(query)
            if !page.items.isEmpty { try await body(page.items) }
            guard let next = page.next else { return }
            query.after = next
        }
    }
}

import AWS

/// A table of items with one index, as the chat store needs it: what DynamoDB offers, no more.
///
/// All reads but those of the index are strongly consistent. The attribute `v` names the last writer of an item.
package protocol ItemTable: Sendable {
    /// Those of the items that are there, 100 at most.
    func items(_ keys: [ItemKey]) async throws -> [ItemKey: Item]

    /// Of the index (attributes `gpk`, `gsk`) only the keys come.
    func page(_ query: ItemQuery) async throws -> ItemPage

    /// Writes all or nothing, 100 at most.
    /// - Parameter token: the same for a repeat of the same writes.
    /// - Throws: `CommitFailure`.
    func commit(_ writes: [ItemWrite], token: String) async throws
}

extension ItemTable {
    func item(_ key: ItemKey) async throws -> Item? { try await items([key])[key] }

    /// Any number of them.
    func all(_ keys: [ItemKey]) async throws -> [ItemKey: Item] {
        var found: [ItemKey: Item] = [:]
        var rest = Array(Set(keys))[...]
        while !rest.isEmpty {
            found.merge(try await items(Array(rest.prefix(100)))) { $1 }
            rest = rest.dropFirst(100)
        }
        return found
    }

    /// The first items of a query, over its pages.
    func first(_ count: Int, _ query: ItemQuery, where isWanted: (Item) throws -> Bool = { _ in true }) async throws
        -> [Item]
    {
        var (query, found) = (query, [Item]())
        while found.count < count {
            let page = try await page(query)
            found += try page.items.filter(isWanted)
            guard let next = page.next else { break }
            query.after = next
        }
        return Array(found.prefix(count))
    }
}

/// Items of one partition, in the order of their place.
package struct ItemQuery: Sendable {
    package enum Range: Sendable {
        case all
        case begins(String)
        /// Both ends belong to it.
        case between(String, String)
        case before(String)
        case after(String)
    }

    package var partition: String
    package var range: Range
    package var inIndex = false
    package var descending = false
    /// Items of one page at most.
    package var limit = 1_000
    /// The last key of the page before.
    package var after: Item?

    package init(_ partition: String, _ range: Range = .all) {
        self.partition = partition
        self.range = range
    }

    func first(_ limit: Int) -> ItemQuery {
        var query = self
        query.limit = min(limit, 1_000)
        return query
    }

    var backwards: ItemQuery {
        var query = self
        query.descending = true
        return query
    }

    var index: ItemQuery {
        var query = self
        query.inIndex = true
        return query
    }
}

package struct ItemPage: Sendable {
    package let items: [Item]
    package let next: Item?

    package init(items: [Item], next: Item?) {
        self.items = items
        self.next = next
    }
}

/// One write of several that are done together.
package enum ItemWrite: Sendable, Equatable {
    case put(Item, ItemCondition)
    case delete(ItemKey, ItemCondition)
    case check(ItemKey, ItemCondition)
    /// Adds to numbers, which begin at 0.
    case add(ItemKey, [String: Double], ItemCondition)
    case set(ItemKey, Item, remove: [String], ItemCondition)

    package var key: ItemKey {
        switch self {
        case .put(let item, _): item.key
        case .delete(let key, _), .check(let key, _), .add(let key, _, _), .set(let key, _, _, _): key
        }
    }
}

/// What must hold for a write, and for all that are done with it.
package enum ItemCondition: Sendable, Equatable {
    case none
    case absent
    /// Nobody has written it since.
    case version(String)
    /// It is there, with these fields, and without that one.
    case fields(Item, lacking: String?)
    /// The number is lower than that.
    case below(String, Int)
}

/// Why writes were not done, or nobody knows whether they were.
package enum CommitFailure: Error {
    /// A condition did not hold, or another transaction was at the same items. Also said of a repeat whose first call
    /// was done but not answered.
    case conflict
    /// No answer, or one that leaves it open.
    case unsure(any Error)
}

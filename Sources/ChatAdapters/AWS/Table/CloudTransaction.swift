import AWS
import ChatService
import Support

/// One try at a change: what it has read, and what is to be written if all of that still stands as it was read.
///
/// Optimistic: nothing is locked. What was read and is written again must be of the same version; whoever comes second
/// reads anew (`TableChanges`). Not Sendable: it lives within one task.
final class CloudTransaction {
    private let table: any ItemTable
    /// Names the writer: the version of all it writes.
    let id = RandomIdentifier.make()
    /// Counts the tries from 0.
    let attempt: Int
    /// For what people read.
    let now: Timestamp
    /// For what is due.
    let steady: Timestamp
    /// Jobs that stepped into the line by it.
    var sends: [JobMessage] = []

    private var seen: [ItemKey: Item?] = [:]
    private var changed: [ItemKey: Item?] = [:]
    private var order: [ItemKey] = []
    private var held: [ItemKey] = []
    private var additions: [ItemKey: (numbers: [String: Double], condition: ItemCondition)] = [:]

    init(_ table: any ItemTable, attempt: Int, time: any TimeSource) {
        self.table = table
        self.attempt = attempt
        now = time.now
        steady = time.steady
    }

    /// The item as this transaction sees it.
    func item(_ key: ItemKey) async throws -> Item? {
        if let changed = changed[key] { return changed }
        if let seen = seen[key] { return seen }
        let found = try await table.item(key)
        seen[key] = .some(found)
        return found
    }

    /// Reads what will be asked for, in one call.
    func read(_ keys: [ItemKey]) async throws {
        let keys = keys.filter { seen[$0] == nil && changed[$0] == nil }
        let found = try await table.all(keys)
        for key in keys { seen[key] = .some(found[key]) }
    }

    /// A query of what is committed, past what this transaction changes.
    func first(_ count: Int, _ query: ItemQuery, where isWanted: (Item) throws -> Bool = { _ in true }) async throws
        -> [Item]
    {
        try await table.first(count, query, where: isWanted)
    }

    /// Writes the item; one that was read before only if it is still the same, another one whatever is there.
    func put(_ item: Item, at key: ItemKey) { note(key, item.at(key)) }

    func delete(_ key: ItemKey) { note(key, nil) }

    /// Adds to numbers without reading them, so that others may do so at the same time.
    func add(_ key: ItemKey, _ numbers: [String: Double], if condition: ItemCondition = .none) {
        // An item is part of a transaction once.
        let former = additions[key]
        let sums = (former?.numbers ?? [:]).merging(numbers, uniquingKeysWith: +).filter { $0.value != 0 }
        let grows = sums.values.contains { $0 > 0 }
        additions[key] = (sums, grows ? (condition == .none ? former?.condition ?? .none : condition) : .none)
    }

    /// What was read there must still stand when this is committed, though it is not written.
    func hold(_ key: ItemKey) { held.append(key) }

    private func note(_ key: ItemKey, _ item: Item?) {
        if changed[key] == nil { order.append(key) }
        changed[key] = .some(item)
    }

    /// What is to be written.
    var writes: [ItemWrite] {
        let known = order.compactMap { key -> ItemWrite? in
            let condition = asRead(key)
            guard let item = changed[key] ?? nil else {
                // What is not there need not be deleted.
                return condition == .absent ? nil : .delete(key, condition)
            }
            return .put(item.merging(["v": .s(id)]) { $1 }, condition)
        }
        let written = known + additions.compactMap { $1.numbers.isEmpty ? nil : .add($0, $1.numbers, $1.condition) }
        if written.isEmpty { return [] }
        // A key that is written needs no check of its own: an item is part of a transaction once.
        return written + held.filter { changed[$0] == nil }.map { .check($0, asRead($0)) }
    }

    /// That nobody has written it since.
    private func asRead(_ key: ItemKey) -> ItemCondition {
        switch seen[key] {
        case nil: .none
        case .some(nil): .absent
        case .some(.some(let item)): item.text("v").map(ItemCondition.version) ?? .none
        }
    }

    /// Whether the writes were done although the answer said otherwise, or none came: then an item names this writer.
    func wasDone() async throws -> Bool {
        let key = writes.lazy.compactMap { if case .put(let item, _) = $0 { item.key } else { nil } }.first
        guard let key else { return false }
        return try await table.item(key)?.text("v") == id
    }
}

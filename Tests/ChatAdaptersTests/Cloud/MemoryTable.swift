import AWS
import Support

@testable import ChatAdapters

/// What DynamoDB does, in memory, with what moto cannot be made to do: answers that get lost, throttling, and other
/// writers that come in between.
final class MemoryTable: ItemTable {
    /// What befalls a commit.
    enum Fate: Equatable {
        case normal
        /// Done, but the answer is lost and the client says that nobody knows.
        case unanswered
        /// Done, but the answer is lost, and from then on the table answers nobody.
        case unansweredForGood
        /// Done, but the answer is lost; the client's own repeat meets its own writes.
        case repeated
        /// Not done: too many calls.
        case throttled
        /// Not done: another transaction was at the same items.
        case conflict
    }

    private struct State {
        var items: [ItemKey: Item] = [:]
        var commits = 0
        var reads = 0
        var largest = 0
        var isSilent = false
        var fate: @Sendable (Int, [ItemWrite]) -> Fate = { _, _ in .normal }
    }

    private let state = Locked(State())

    /// Decides what befalls the commits to come, by their number from 0 and what they write.
    func befall(_ fate: @escaping @Sendable (Int, [ItemWrite]) -> Fate) { state.withLock { $0.fate = fate } }

    var all: [Item] { state.withLock { Array($0.items.values) } }
    /// Calls that read: several items at once, or a page.
    var reads: Int { state.withLock { $0.reads } }
    var commits: Int { state.withLock { $0.commits } }
    /// Writes of the largest commit so far.
    var largest: Int { state.withLock { $0.largest } }

    func remove(_ key: ItemKey) { state.withLock { $0.items[key] = nil } }
    func change(_ key: ItemKey, _ body: (inout Item) -> Void) {
        state.withLock { state in
            guard var item = state.items[key] else { return }
            body(&item)
            state.items[key] = item
        }
    }

    /// Of a call that may have been carried out all the same.
    private static var timeout: AWSError {
        var error = AWSError(.timeout, code: "Timeout", service: .dynamoDB, operation: "x", region: "eu-west-1")
        error.mayHaveHappened = true
        return error
    }

    func items(_ keys: [ItemKey]) async throws -> [ItemKey: Item] {
        precondition(keys.count <= 100 && Set(keys).count == keys.count, "as BatchGetItem has it")
        return try state.withLock { state in
            if state.isSilent { throw Self.timeout }
            state.reads += 1
            return Dictionary(keys.compactMap { key in state.items[key].map { (key, $0) } }, uniquingKeysWith: { $1 })
        }
    }

    func page(_ query: ItemQuery) async throws -> ItemPage {
        let (partition, place) = query.inIndex ? ("gpk", "gsk") : ("pk", "sk")
        let items = state.withLock { state in
            state.reads += 1
            return state.items.values.filter { $0.text(partition) == query.partition }
        }
        // Places in the index need not be unique; the key decides then.
        func order(_ item: Item) -> [String] { [item.text(place) ?? "", item.key.pk, item.key.sk] }
        func isBefore(_ left: Item, _ right: Item) -> Bool {
            order(left).lexicographicallyPrecedes(order(right))
        }
        var found = items.filter { query.range.contains($0.text(place) ?? "") }.sorted(by: isBefore)
        if query.descending { found.reverse() }
        if let after = query.after {
            found = found.filter { query.descending ? isBefore($0, after) : isBefore(after, $0) }
        }
        let page = Array(found.prefix(query.limit))
        let keys = page.map { item in item.filter { ["pk", "sk", "gpk", "gsk"].contains($0.key) } }
        return ItemPage(items: query.inIndex ? keys : page, next: found.count > query.limit ? keys.last : nil)
    }

    func commit(_ writes: [ItemWrite], token: String) async throws {
        precondition(writes.count <= 100, "as TransactWriteItems has it")
        precondition(Set(writes.map(\.key)).count == writes.count, "an item is part of a transaction once")
        let (fate, isDone) = state.withLock { state -> (Fate, Bool) in
            let fate = state.fate(state.commits, writes)
            state.commits += 1
            state.largest = max(state.largest, writes.count)
            if fate == .throttled || fate == .conflict { return (fate, false) }
            guard writes.allSatisfy({ $0.condition.holds(for: state.items[$0.key]) }) else { return (fate, false) }
            for write in writes { state.items[write.key] = write.applied(to: state.items[write.key]) }
            state.isSilent = fate == .unansweredForGood
            return (fate, true)
        }
        switch fate {
        case .throttled:
            throw CommitFailure.unsure(
                AWSError(.throttled, code: "Throttling", service: .dynamoDB, operation: "x", region: "eu-west-1"))
        case .unanswered where isDone, .unansweredForGood where isDone: throw CommitFailure.unsure(Self.timeout)
        case .repeated: throw CommitFailure.conflict
        default: if !isDone { throw CommitFailure.conflict }
        }
    }
}

extension ItemQuery.Range {
    fileprivate func contains(_ place: String) -> Bool {
        switch self {
        case .all: true
        case .begins(let prefix): place.hasPrefix(prefix)
        case .between(let first, let last): first <= place && place <= last
        case .before(let end): place < end
        case .after(let start): place > start
        }
    }
}

extension ItemCondition {
    fileprivate func holds(for item: Item?) -> Bool {
        switch self {
        case .none: true
        case .absent: item == nil
        case .version(let version): item?.text("v") == version
        case .fields(let fields, let lacking):
            item.map { item in
                fields.allSatisfy { item[$0.key] == $0.value } && (lacking.map { item[$0] == nil } ?? true)
            } ?? false
        case .below(let field, let limit): (item?.double(field) ?? 0) < Double(limit)
        }
    }
}

extension ItemWrite {
    fileprivate func applied(to item: Item?) -> Item? {
        switch self {
        case .put(let new, _): return new
        case .delete: return nil
        case .check: return item
        case .add(let key, let numbers, _):
            var item = item ?? [:].at(key)
            for (field, number) in numbers { item[field] = .n(ItemNumber.text((item.double(field) ?? 0) + number)) }
            return item
        case .set(let key, let fields, let removed, _):
            var item = (item ?? [:].at(key)).merging(fields) { $1 }
            for field in removed { item[field] = nil }
            return item
        }
    }
}

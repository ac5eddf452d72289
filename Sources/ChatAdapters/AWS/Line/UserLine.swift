/// The open questions of one user in the order of their acceptance, and which of them are in the line: the rules of
/// `JobLine`, as a value. It is one item, so that whatever accepts or ends a question of the user's is one after another.
///
/// - a conversation has at most one question that is not parked, its oldest;
/// - no more than the cap are not parked;
/// - nothing is parked that could go.
struct UserLine: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        let job: String
        let conversation: String
        var isParked: Bool
    }

    /// Open questions of one user, so that the item stays below 400 KB: 67 bytes each.
    static let most = 4_000
    /// Questions that one end lets in, so that a transaction stays small. One end makes place for one; there are more only
    /// after the cap was raised, and then the following ends let them in.
    static let mostSteps = 5

    private(set) var open: [Entry] = []

    init() {}

    private func active() -> Int { open.count { !$0.isParked } }

    /// Takes a new question at the tail.
    /// - Returns: whether it is parked; nil when there is no place for another one.
    mutating func enter(_ job: String, of conversation: String, cap: Int) -> Bool? {
        guard open.count < Self.most else { return nil }
        let isParked = open.contains { $0.conversation == conversation } || active() >= cap
        open.append(Entry(job: job, conversation: conversation, isParked: isParked))
        return isParked
    }

    /// Takes a question out that has ended.
    /// - Returns: the questions that step in, oldest first.
    mutating func leave(_ job: String, cap: Int) -> [String] {
        open.removeAll { $0.job == job }
        var (active, seen, stepped) = (active(), Set<String>(), [String]())
        for index in open.indices {
            guard active < cap, stepped.count < Self.mostSteps else { break }
            let isFirst = seen.insert(open[index].conversation).inserted
            guard isFirst, open[index].isParked else { continue }
            open[index].isParked = false
            active += 1
            stepped.append(open[index].job)
        }
        return stepped
    }

    /// As it stands in the item: `job conversation`, with `-` before those that are parked, separated by commas.
    var text: String {
        open.map { "\($0.isParked ? "-" : "")\($0.job) \($0.conversation)" }.joined(separator: ",")
    }

    /// - Throws: `CloudStoreError.unreadable`.
    init(text: String) throws {
        for part in text.split(separator: ",") {
            let isParked = part.hasPrefix("-")
            let ids = part.dropFirst(isParked ? 1 : 0).split(separator: " ")
            guard ids.count == 2 else { throw CloudStoreError.unreadable }
            open.append(Entry(job: String(ids[0]), conversation: String(ids[1]), isParked: isParked))
        }
    }
}

import AWS
import Support

/// The fields of an item, as this program writes them.
extension [String: AttributeValue] {
    func text(_ name: String) -> String? { if case .s(let text)? = self[name] { text } else { nil } }

    func int64(_ name: String) -> Int64? { if case .n(let digits)? = self[name] { Int64(digits) } else { nil } }

    func int(_ name: String) -> Int? { int64(name).map(Int.init) }

    func double(_ name: String) -> Double? { if case .n(let digits)? = self[name] { Double(digits) } else { nil } }

    func flag(_ name: String) -> Bool { if case .bool(true)? = self[name] { true } else { false } }

    func moment(_ name: String) -> Timestamp? { int64(name).map(Timestamp.init(milliseconds:)) }

    /// - Throws: `CloudStoreError.unreadable` where there is none.
    func needed(_ name: String) throws -> String {
        guard let text = text(name) else { throw CloudStoreError.unreadable }
        return text
    }

    /// - Throws: `CloudStoreError.unreadable` where there is none.
    func neededMoment(_ name: String) throws -> Timestamp {
        guard let moment = moment(name) else { throw CloudStoreError.unreadable }
        return moment
    }

    /// Sets a field, or leaves it out.
    subscript(text name: String) -> String? {
        get { text(name) }
        set { self[name] = newValue.map(AttributeValue.s) }
    }

    subscript(moment name: String) -> Timestamp? {
        get { moment(name) }
        set { self[name] = newValue.map { .n(String($0.milliseconds)) } }
    }

    subscript(int name: String) -> Int? {
        get { int(name) }
        set { self[name] = newValue.map { .n(String($0)) } }
    }

    /// True stands there, false does not.
    subscript(flag name: String) -> Bool {
        get { flag(name) }
        set { self[name] = newValue ? .bool(true) : nil }
    }

    var key: ItemKey { ItemKey(text("pk") ?? "", text("sk") ?? "") }

    /// The item under its key.
    func at(_ key: ItemKey) -> Self { merging(["pk": .s(key.pk), "sk": .s(key.sk)]) { $1 } }

    /// With the second since 1970 from which DynamoDB may delete it. It does so within days, so whoever reads asks
    /// `isPast` as well (DynamoDB developer guide, "Using time to live").
    func kept(until moment: Timestamp?) -> Self {
        guard let moment else { return self }
        return merging(["ttl": .n(String(moment.seconds))]) { $1 }
    }

    /// Whether its time is over.
    func isPast(_ now: Timestamp) -> Bool { int64("ttl").map { $0 < now.seconds } ?? false }
}

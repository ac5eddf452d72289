/// Word endings, each with what to do about it, found longest first: the `among` of Snowball.
struct SuffixTable: Sendable {
    private struct Entry: Sendable {
        let bytes: [UInt8]
        let action: Int
    }

    /// By the last byte of the ending, the longest first.
    private let entries: [[Entry]]

    /// - Parameter endings: a number for each list of endings, which white space separates; Latin-1.
    init(_ endings: [(Int, String)]) {
        var entries = [[Entry]](repeating: [], count: 256)
        for (action, list) in endings {
            for ending in list.split(whereSeparator: \.isWhitespace) {
                let bytes = ending.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
                if let last = bytes.last { entries[Int(last)].append(Entry(bytes: bytes, action: action)) }
            }
        }
        self.entries = entries.map { $0.sorted { $0.bytes.count > $1.bytes.count } }
    }

    /// The longest ending of `word[..<end]` that begins at `start` or later; nil when there is none.
    func match(_ word: [UInt8], end: Int, from start: Int = 0) -> (action: Int, start: Int)? {
        guard end > start else { return nil }
        next: for entry in entries[Int(word[end - 1])] {
            let first = end - entry.bytes.count
            guard first >= start else { continue }
            for offset in 0..<entry.bytes.count where word[first + offset] != entry.bytes[offset] { continue next }
            return (entry.action, first)
        }
        return nil
    }

    func match(_ word: [UInt8], from start: Int = 0) -> (action: Int, start: Int)? {
        match(word, end: word.count, from: start)
    }
}

extension [UInt8] {
    func hasSuffix(_ suffix: StaticString, end: Int) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard end >= count else { return false }
        return (0..<count).allSatisfy { self[end - count + $0] == suffix.utf8Start[$0] }
    }

    mutating func replace(from start: Int, with text: StaticString) {
        removeSubrange(start...)
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

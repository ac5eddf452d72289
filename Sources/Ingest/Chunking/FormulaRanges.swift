import Extraction
import Support

/// Where the formulas of a text are: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and TeX environments (`\begin{…}` to `\end{…}`).
///
/// A dollar sign opens a formula under pandoc's rule (User's Guide, `tex_math_dollars`): no white space after it, none
/// before the closing one, which no digit follows; so `$5 and $6` is money. A formula has no blank line within, but for
/// environments. Linear in the length of the text.
struct FormulaRanges {
    /// What is longer is not taken for a formula: somewhere a sign was forgotten.
    private static let lengthLimit = 8_000

    /// In UTF-8 bytes of the text, ascending, not overlapping.
    let ranges: [Range<Int>]

    /// - Parameter range: the bytes of `text` that are looked at.
    init(in text: String, _ range: Range<Int>) {
        let bytes = text.utf8Slice(range)
        guard bytes.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "\\") }) else {
            ranges = []
            return
        }
        var scanner = Scanner(bytes: Array(bytes))
        ranges = scanner.formulas().map { ($0.lowerBound + range.lowerBound)..<($0.upperBound + range.lowerBound) }
    }

    /// The formula that a cut before the byte at `offset` would divide.
    func around(_ offset: Int) -> Range<Int>? {
        let index = firstEnding(after: offset)
        return index < ranges.count && ranges[index].lowerBound < offset ? ranges[index] : nil
    }

    /// Those that share a byte with `range`.
    func within(_ range: Range<Int>) -> ArraySlice<Range<Int>> {
        ranges[firstEnding(after: range.lowerBound)...].prefix { $0.lowerBound < range.upperBound }
    }

    /// Binary search.
    private func firstEnding(after offset: Int) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private struct Scanner {
        let bytes: [UInt8]
        /// The next place of each closing sign, so that no part is searched twice; `bytes.count` when there is none.
        private var next: [[UInt8]: Int] = [:]

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func formulas() -> [Range<Int>] {
            let environments = environments()
            var found: [Range<Int>] = []
            var position = 0
            while position < bytes.count {
                var end: Int?
                switch bytes[position] {
                case UInt8(ascii: "$"): end = dollars(at: position)
                case UInt8(ascii: "\\") where has("\\[", at: position): end = close("\\]", after: position + 2)
                case UInt8(ascii: "\\") where has("\\(", at: position): end = close("\\)", after: position + 2)
                case UInt8(ascii: "\\"):
                    end = environments[position]
                    // `\$` and `\\` open nothing.
                    if end == nil { position += 1 }
                default: break
                }
                if let end, end - position <= FormulaRanges.lengthLimit {
                    found.append(position..<end)
                    position = end
                } else {
                    position += 1
                }
            }
            return found
        }

        private mutating func dollars(at start: Int) -> Int? {
            if has("$$", at: start) { return close("$$", after: start + 2) }
            guard start + 1 < bytes.count, !TextCleaner.isWhiteSpace(bytes[start + 1]) else { return nil }
            guard let end = close("$", after: start + 1), !TextCleaner.isWhiteSpace(bytes[end - 2]) else { return nil }
            if end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { return nil }
            return end
        }

        /// The end of the first `sign` at or after `start`, unless a blank line comes before it.
        private mutating func close(_ sign: StaticString, after start: Int) -> Int? {
            let key = Self.bytes(sign)
            let place = find(key, from: start)
            guard place < bytes.count, place > start, find([0x0a, 0x0a], from: start) > place else { return nil }
            return place + key.count
        }

        private mutating func find(_ key: [UInt8], from start: Int) -> Int {
            if let known = next[key], known >= start { return known }
            var place = start
            while place < bytes.count {
                if bytes[place...].starts(with: key) { break }
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            next[key] = min(place, bytes.count)
            return min(place, bytes.count)
        }

        /// The outermost environments: where each begins, and behind its end.
        private func environments() -> [Int: Int] {
            var ends: [Int: Int] = [:]
            var open: [Int] = []
            var position = 0
            while position < bytes.count {
                guard bytes[position] == UInt8(ascii: "\\") else {
                    position += 1
                    continue
                }
                if has("\\begin{", at: position) {
                    open.append(position)
                } else if has("\\end{", at: position), let start = open.popLast(), open.isEmpty {
                    let brace = bytes[position...].prefix(64).firstIndex(of: UInt8(ascii: "}"))
                    if let brace { ends[start] = brace + 1 }
                }
                position += 2
            }
            return ends
        }

        private func has(_ sign: StaticString, at position: Int) -> Bool {
            bytes[position...].starts(with: Self.bytes(sign))
        }

        private static func bytes(_ sign: StaticString) -> [UInt8] { sign.withUTF8Buffer(Array.init) }
    }
}

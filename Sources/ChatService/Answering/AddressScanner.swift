/// Finds the addresses in a word: `https://…`, `//host/…` and `www.…` where a link would be made of them, and schemes
/// that are programs or data.
enum AddressScanner {
    struct Address: Equatable {
        /// UTF-8 bytes of the word.
        var range: Range<Int>
        /// False where the address is written so that only a program reads it: escaped, or with a scheme that runs.
        var isPlain: Bool
    }

    /// The addresses of a word without white space, in their order, none overlapping.
    /// - Parameter continuesDefinition: whether the word stands behind `[name]:`.
    static func addresses(in word: [UInt8], continuesDefinition: Bool = false) -> [Address] {
        var found: [Address] = []
        var index = 0
        while index < word.count {
            guard
                let address = address(
                    in: word, at: index, after: found.last?.range.upperBound ?? 0, continuesDefinition)
            else {
                index += 1
                continue
            }
            found.append(address)
            index = max(address.range.upperBound, index + 1)
        }
        return found
    }

    private static func address(
        in word: [UInt8], at index: Int, after: Int, _ continuesDefinition: Bool
    ) -> Address? {
        let rest = word[index...]
        let before = index > after ? word[index - 1] : 0
        let opens = index == 0 || openers.contains(before)
        if rest.starts(with: "://".utf8) {
            var start = index
            while start > after, isSchemePart(word[start - 1]) { start -= 1 }
            return Address(range: start..<end(of: word, from: index + 3), isPlain: start < index)
        }
        if rest.starts(with: "//".utf8) || rest.starts(with: "/\\".utf8) || rest.starts(with: "\\\\".utf8) {
            let isTarget = index == 0 ? continuesDefinition : openers.contains(before) || before == UInt8(ascii: ";")
            guard isTarget, index + 2 < word.count, isHostPart(word[index + 2]) else { return nil }
            return Address(range: index..<end(of: word, from: index + 2), isPlain: rest.starts(with: "//".utf8))
        }
        guard opens else { return nil }
        let start = String(decoding: rest.prefix(longestScheme), as: UTF8.self).lowercased()
        if start.hasPrefix("www."), rest.count > 4 {
            return Address(range: index..<end(of: word, from: index), isPlain: true)
        }
        let isTarget = index > 0 || continuesDefinition
        if isTarget, running.contains(where: { start.hasPrefix($0) }) {
            return Address(range: index..<end(of: word, from: index), isPlain: false)
        }
        // `](https&#58;…)`: a reader of Markdown decodes it.
        if index > 1, word[index - 1] == UInt8(ascii: "("), word[index - 2] == UInt8(ascii: "]") {
            let target = rest[..<end(of: word, from: index)]
            let text = String(decoding: target, as: UTF8.self).lowercased()
            if ["&#", "&colon", "&sol", "&newline", "&tab"].contains(where: { text.contains($0) }) {
                return Address(range: target.startIndex..<target.endIndex, isPlain: false)
            }
        }
        return nil
    }

    /// Where the address ends that goes on at `start`; marks at its end belong to the sentence.
    private static func end(of word: [UInt8], from start: Int) -> Int {
        var end = word[start...].firstIndex { closers.contains($0) } ?? word.count
        while end > start, trailing.contains(word[end - 1]) { end -= 1 }
        return end
    }

    private static let openers = Set("(<\"'=[*_`".utf8)
    private static let closers = Set(")]>\"'<`|".utf8)
    private static let trailing = Set(".,:!?*_".utf8)
    private static let running = ["javascript:", "vbscript:", "data:", "file:"]
    private static let longestScheme = 12

    static func isSchemePart(_ byte: UInt8) -> Bool {
        isHostPart(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }

    private static func isHostPart(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte >= 0x80
    }
}

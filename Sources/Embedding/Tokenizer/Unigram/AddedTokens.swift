/// Tokens that a text may spell out, `</s>` for example, and that are no pieces of its words.
///
/// As with WordPiece the text's own spelling counts, because every other program computes the same vector.
struct AddedTokens: Sendable {
    struct Token: Sendable {
        let text: [UInt8]
        let id: Int32
        /// White space before or after it goes with it.
        let takesLeft: Bool
        let takesRight: Bool
    }

    enum Part {
        case token(Int32)
        /// What lies between tokens; whether it begins the whole text.
        case text(String, isFirst: Bool)
    }

    /// Longest first, so that the longest of those at one place is found.
    private let tokens: [Token]
    private let firstBytes: Set<UInt8>

    init(_ tokens: [Token]) {
        self.tokens = tokens.filter { !$0.text.isEmpty }.sorted { $0.text.count > $1.text.count }
        firstBytes = Set(self.tokens.map { $0.text[0] })
    }

    func parts(of text: String) -> [Part] {
        var text = text
        return text.withUTF8 { bytes in
            var parts: [Part] = []
            var start = 0
            var place = 0
            func close(_ end: Int) {
                guard end > start else { return }
                parts.append(.text(String(decoding: bytes[start..<end], as: UTF8.self), isFirst: start == 0))
            }
            while place < bytes.count {
                guard firstBytes.contains(bytes[place]),
                    let token = tokens.first(where: { bytes[place...].starts(with: $0.text) })
                else {
                    place += 1
                    continue
                }
                var end = place
                if token.takesLeft { end = Self.withoutSpace(bytes, from: start, to: place) }
                close(end)
                parts.append(.token(token.id))
                place += token.text.count
                if token.takesRight {
                    while place < bytes.count, case let length = UTF8Bytes.space(bytes, at: place), length > 0 {
                        place += length
                    }
                }
                start = place
            }
            close(bytes.count)
            return parts
        }
    }

    /// The end of `bytes[start..<end]` less the white space at its end.
    static func withoutSpace(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        var end = end
        while end > start {
            var last = end - 1
            while last > start, bytes[last] & 0xc0 == 0x80 { last -= 1 }
            guard UTF8Bytes.space(bytes, at: last) == end - last else { break }
            end = last
        }
        return end
    }
}

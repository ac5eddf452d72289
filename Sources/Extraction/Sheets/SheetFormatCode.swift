/// A number format (ECMA-376 part 1, 18.8.31) cut into its sections and their pieces.
struct SheetFormatCode {
    enum Piece: Equatable {
        /// Characters shown as they are.
        case literal(String)
        /// `0`, `#` or `?`: the place of a digit.
        case digit(UInt8)
        case point, comma, percent, slash
        /// `E+` or `E-`.
        case exponent
        /// A letter of a date, lower case, repeated: `yyyy`, `mm`.
        case date(UInt8, count: Int)
        /// `[h]`, `[mm]`, `[ss]`.
        case elapsed
        /// `AM/PM`.
        case noon
        case general
        /// `@`.
        case text
    }

    /// Up to four: for positive and negative numbers, zero, text.
    let sections: [[Piece]]

    private static let lengthLimit = 1_000

    init(_ code: String) {
        var scanner = Scanner(Array(code.utf8.prefix(Self.lengthLimit)))
        sections = scanner.run()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var sections: [[Piece]] = [[]]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> [[Piece]] {
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: ";"): sections.append([])
                case UInt8(ascii: "\""): add(.literal(text(upTo: UInt8(ascii: "\""))))
                case UInt8(ascii: "["): bracket(text(upTo: UInt8(ascii: "]")))
                case UInt8(ascii: "\\"), UInt8(ascii: "!"): add(.literal(character()))
                // The width of a character: space.
                case UInt8(ascii: "_"):
                    _ = character()
                    add(.literal(" "))
                // A character to fill the cell with, between a currency and its number, or a sign and its number.
                case UInt8(ascii: "*"):
                    _ = character()
                    if !endsInSign { add(.literal(" ")) }
                case UInt8(ascii: "0"), UInt8(ascii: "#"), UInt8(ascii: "?"): add(.digit(byte))
                case UInt8(ascii: "."): add(.point)
                case UInt8(ascii: ","): add(.comma)
                case UInt8(ascii: "%"): add(.percent)
                case UInt8(ascii: "/"): add(.slash)
                case UInt8(ascii: "@"): add(.text)
                default: letter(byte)
                }
            }
            return sections
        }

        private mutating func letter(_ byte: UInt8) {
            switch byte | 0x20 {
            case UInt8(ascii: "g") where skip("eneral"): add(.general)
            case UInt8(ascii: "a") where skip("m/pm") || skip("/p"): add(.noon)
            case UInt8(ascii: "e") where position < bytes.count && (bytes[position] == 0x2b || bytes[position] == 0x2d):
                position += 1
                add(.exponent)
            case UInt8(ascii: "y"), UInt8(ascii: "m"), UInt8(ascii: "d"), UInt8(ascii: "h"), UInt8(ascii: "s"),
                UInt8(ascii: "e"):
                var count = 1
                while position < bytes.count, bytes[position] | 0x20 == byte | 0x20 {
                    (position, count) = (position + 1, count + 1)
                }
                add(.date(byte | 0x20, count: count))
            default:
                position -= 1
                add(.literal(character()))
            }
        }

        /// Colours, conditions and countries are nothing to read; a currency is.
        private mutating func bracket(_ content: String) {
            if content.hasPrefix("$") {
                let currency = content.dropFirst().prefix { $0 != "-" }
                if !currency.isEmpty { add(.literal(String(currency))) }
            } else if let first = content.utf8.first, "hms".utf8.contains(first | 0x20),
                content.utf8.allSatisfy({ $0 | 0x20 == first | 0x20 })
            {
                add(.elapsed)
            }
        }

        private var endsInSign: Bool {
            guard case .literal(let text) = sections[sections.count - 1].last else { return false }
            return text.hasSuffix("-") || text.hasSuffix("(")
        }

        private mutating func add(_ piece: Piece) {
            if case .literal(let more) = piece, case .literal(let begun) = sections[sections.count - 1].last {
                sections[sections.count - 1].removeLast()
                sections[sections.count - 1].append(.literal(begun + more))
            } else {
                sections[sections.count - 1].append(piece)
            }
        }

        private mutating func skip(_ word: String) -> Bool {
            let word = Array(word.utf8)
            guard position + word.count <= bytes.count,
                word.indices.allSatisfy({ bytes[position + $0] | 0x20 == word[$0] | 0x20 })
            else { return false }
            position += word.count
            return true
        }

        private mutating func text(upTo end: UInt8) -> String {
            let start = position
            while position < bytes.count, bytes[position] != end { position += 1 }
            defer { position = min(position + 1, bytes.count) }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// The whole character at hand.
        private mutating func character() -> String {
            guard position < bytes.count else { return "" }
            let start = position
            position += 1
            while position < bytes.count, bytes[position] & 0xc0 == 0x80 { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
    }
}

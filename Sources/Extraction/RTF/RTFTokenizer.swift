/// Cuts RTF (version 1.9.1) into groups, control words and text, in one pass.
struct RTFTokenizer {
    enum Token: Equatable {
        case open, close
        /// A control word without its backslash, and its number.
        case word(String, Int?)
        /// A control symbol: `~`, `-`, `_`, `*` and so on.
        case symbol(UInt8)
        /// A byte of text, written as itself or as `\'hh`.
        case byte(UInt8)
    }

    private static let nameLimit = 32

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "{"): return .open
            case UInt8(ascii: "}"): return .close
            case UInt8(ascii: "\\"): if let token = control() { return token }
            // Line ends mean nothing, and zeros are damage.
            case 0x0a, 0x0d, 0x00: continue
            default: return .byte(byte)
            }
        }
        return nil
    }

    /// Passes over the raw bytes that follow `\binN`.
    mutating func skip(_ count: Int) { position += min(max(count, 0), bytes.count - position) }

    private mutating func control() -> Token? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        guard isLetter(first) else {
            position += 1
            switch first {
            case UInt8(ascii: "'"): return hexadecimal()
            case 0x0a, 0x0d: return .word("par", nil)
            case 0x09: return .word("tab", nil)
            case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): return .byte(first)
            default: return .symbol(first)
            }
        }
        let start = position
        while position < bytes.count, isLetter(bytes[position]) { position += 1 }
        let name = String(decoding: bytes[start..<min(position, start + Self.nameLimit)], as: UTF8.self)
        let number = number()
        if position < bytes.count, bytes[position] == 0x20 { position += 1 }
        return .word(name, number)
    }

    /// At most ten digits are read as a number; a longer one is none.
    private mutating func number() -> Int? {
        var index = position
        let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let start = index
        var value = 0
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) {
            if index - start < 10 { value = value * 10 + Int(bytes[index]) - 0x30 }
            index += 1
        }
        guard index > start else { return nil }
        position = index
        return index - start > 10 ? nil : isNegative ? -value : value
    }

    private mutating func hexadecimal() -> Token? {
        guard position + 1 < bytes.count,
            let value = UInt8(String(decoding: bytes[position...position + 1], as: UTF8.self), radix: 16)
        else { return nil }
        position += 2
        return .byte(value)
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
}

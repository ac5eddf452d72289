/// Reads one JSON text (RFC 8259), strictly: nothing after the value, no name twice in an object, no lone surrogate.
///
/// A pure value over bytes that are known to be UTF-8. Bounded: depth by `deepest`, everything else by the text itself.
struct JSONReader {
    /// What is wrong with a text is nobody's secret and of no use to a client: it is not JSON.
    struct Fault: Error {}

    /// Arrays and objects in each other; more is refused, for every level takes stack.
    static let deepest = 32

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value in `bytes`, which must be valid UTF-8.
    static func value(in bytes: [UInt8]) throws(Fault) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw Fault() }
        return value
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "\""):
            position += 1
            return .string(try string())
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count else { throw Fault() }
        let isThere = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<end]) }
        guard isThere else { throw Fault() }
        position = end
        return value
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        guard depth <= Self.deepest else { throw Fault() }
        position += 1
        var object: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipSpace()
            guard take(UInt8(ascii: "\"")) else { throw Fault() }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw Fault() }
            let value = try value(depth: depth)
            guard object.updateValue(value, forKey: name) == nil else { throw Fault() }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(object) }
            guard take(UInt8(ascii: ",")) else { throw Fault() }
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        guard depth <= Self.deepest else { throw Fault() }
        position += 1
        var array: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(array) }
        while true {
            array.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(array) }
            guard take(UInt8(ascii: ",")) else { throw Fault() }
        }
    }

    /// A number's text in the grammar of section 6; one beyond a double's range is refused.
    private mutating func number() throws(Fault) -> Double {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
            throw Fault()
        }
        return number
    }

    private mutating func digits() throws(Fault) {
        let start = position
        while let byte = next, byte >= 0x30 && byte <= 0x39 { position += 1 }
        guard position > start else { throw Fault() }
    }

    /// What follows an opening quote, and the closing one.
    private mutating func string() throws(Fault) -> String {
        var start = position
        var text = ""
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text.isEmpty ? rest : text + rest
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                text.unicodeScalars.append(try escaped())
                start = position
            case ..<0x20: throw Fault()
            default: position += 1
            }
        }
        throw Fault()
    }

    /// What follows a backslash.
    private mutating func escaped() throws(Fault) -> Unicode.Scalar {
        guard let byte = next else { throw Fault() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // A pair of surrogates (section 7): the high one first, then the low one.
            guard unit < 0xdc00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw Fault() }
            let low = try hexadecimal()
            guard (0xdc00...0xdfff).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit - 0xd800) << 10) + UInt32(low - 0xdc00))
            else { throw Fault() }
            return scalar
        default: throw Fault()
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt16 {
        guard position + 4 <= bytes.count else { throw Fault() }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            position += 1
            switch byte {
            case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt16((byte | 0x20) - 0x57)
            default: throw Fault()
            }
        }
        return unit
    }
}

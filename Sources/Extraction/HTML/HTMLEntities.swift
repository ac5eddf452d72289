/// Character references of HTML (Living Standard, section 13.2.5.72 on): numbers and names.
enum HTMLEntities {
    /// The longest name in the table.
    private static let nameLimit = 31

    /// One character, or two.
    private struct Reference {
        let first: Unicode.Scalar
        let second: Unicode.Scalar?
    }

    /// `bytes` with its character references replaced. What is not a known reference stays as it is.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "&"), let (found, end) = reference(in: bytes, at: index) else {
                decoded.append(bytes[index])
                index += 1
                continue
            }
            for scalar in [found.first, found.second] {
                if let scalar { decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
            }
            index = end
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The character meant by the reference that begins at `start`, and where it ends.
    private static func reference(in bytes: ArraySlice<UInt8>, at start: Int) -> (Reference, Int)? {
        var index = start + 1
        guard index < bytes.endIndex else { return nil }
        if bytes[index] == UInt8(ascii: "#") { return number(in: bytes, at: index + 1) }
        let name = bytes[index...].prefix(nameLimit).prefix {
            (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20)
        }
        index = name.endIndex
        let isClosed = index < bytes.endIndex && bytes[index] == UInt8(ascii: ";")
        guard let found = table[Array(name)], isClosed || mayBeOpen(found) else { return nil }
        return (found, isClosed ? index + 1 : index)
    }

    private static func number(in bytes: ArraySlice<UInt8>, at start: Int) -> (Reference, Int)? {
        guard start < bytes.endIndex else { return nil }
        let isHexadecimal = bytes[start] | 0x20 == UInt8(ascii: "x")
        let digits = bytes[(isHexadecimal ? start + 1 : start)...].prefix(64).prefix {
            (0x30...0x39).contains($0) || isHexadecimal && (0x61...0x66).contains($0 | 0x20)
        }
        guard !digits.isEmpty else { return nil }
        let text = String(decoding: digits, as: UTF8.self)
        let value = UInt32(text, radix: isHexadecimal ? 16 : 10) ?? 0
        let isClosed = digits.endIndex < bytes.endIndex && bytes[digits.endIndex] == UInt8(ascii: ";")
        let mapped =
            (0x80...0x9f).contains(value) ? SingleByteEncoding.windows1252.scalarValue(UInt8(value)) ?? value : value
        let scalar = mapped == 0 ? nil : Unicode.Scalar(mapped)
        return (Reference(first: scalar ?? "\u{fffd}", second: nil), isClosed ? digits.endIndex + 1 : digits.endIndex)
    }

    /// Names that old pages leave without a semicolon: those of Latin-1.
    private static func mayBeOpen(_ reference: Reference) -> Bool {
        reference.second == nil
            && (reference.first.value < 0x100 && reference.first.value >= 0xa0
                || "&<>\"".unicodeScalars.contains(reference.first))
    }

    private static let table: [[UInt8]: Reference] = {
        let fields = HTMLEntityNames.list.utf8.split(separator: 0x20)
        var table: [[UInt8]: Reference] = [:]
        table.reserveCapacity(fields.count / 2)
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            let scalars = fields[index + 1].split(separator: UInt8(ascii: "+"))
                .compactMap { UInt32(String(Substring($0)), radix: 16).flatMap(Unicode.Scalar.init) }
            guard let first = scalars.first else { continue }
            table[Array(fields[index])] = Reference(first: first, second: scalars.count > 1 ? scalars[1] : nil)
        }
        return table
    }()
}

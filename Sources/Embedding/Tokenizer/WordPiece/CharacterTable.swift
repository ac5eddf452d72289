import FoundationEssentials

/// What the reference's normaliser and pre-tokenizer make of every code point, in two stages: a page of 128 code
/// points, then the entry.
///
/// The encoded form (`WordPieceTables`) is base 64 of numbers in LEB128: the number of ranges, for each its distance
/// from the end of the one before, its length less one and its class in a byte; then the number of mappings, for each
/// its distance from the one before, the number of scalars that it becomes, and these, each as its zigzag distance
/// from the one before it. What is in no range is a letter.
struct CharacterTable: Sendable {
    /// What becomes of a character. A value of at least `mapped` is `mapped` plus the place of a mapping.
    enum Class {
        /// It is part of a word as it is.
        static let letter: UInt16 = 0
        /// It goes without a trace: a control, or an accent.
        static let dropped: UInt16 = 1
        /// It goes, yet marks are not put in order across it: an accent of combining class 0.
        static let barrier: UInt16 = 2
        /// It ends a word.
        static let space: UInt16 = 3
        /// It is a word by itself: punctuation, or an ideograph.
        static let alone: UInt16 = 4
        /// It becomes its jamo (Unicode Standard, section 3.12).
        static let hangul: UInt16 = 5
        /// `ranked + n` is a letter that canonical ordering sorts by n among its like.
        static let ranked: UInt16 = 8
        static let mapped: UInt16 = 64
    }

    static let reference = CharacterTable(encoded: WordPieceTables.encoded)

    private var pages: [UInt16]
    private var entries: [UInt16]
    /// Where in `scalars` the mappings begin, and where the last ends.
    private var mappingStarts: [UInt16] = [0]
    private var scalars: [UInt32] = []

    @inline(__always)
    subscript(scalar: UInt32) -> UInt16 {
        entries[Int(pages[Int(scalar >> 7)]) << 7 | Int(scalar & 127)]
    }

    @inline(__always)
    func mapping(_ entry: UInt16) -> ArraySlice<UInt32> {
        let number = Int(entry - Class.mapped)
        return scalars[Int(mappingStarts[number])..<Int(mappingStarts[number + 1])]
    }

    private init(encoded: String) {
        pages = [UInt16](repeating: 0, count: 0x110000 >> 7)
        entries = [UInt16](repeating: Class.letter, count: 128)
        guard let bytes = Data(base64Encoded: encoded) else {
            preconditionFailure("WordPieceTables.swift is no base 64: make it again with its script")
        }
        var numbers = Numbers(bytes: [UInt8](bytes))
        var owned = [Bool](repeating: false, count: pages.count)
        var uniform: [UInt16: UInt16] = [Class.letter: 0]
        var end = 0
        for _ in 0..<numbers.next() {
            let first = end + numbers.next()
            end = first + numbers.next()
            let number = UInt16(numbers.next())
            var code = first
            while code <= end {
                if code & 127 == 0, code + 127 <= end {
                    pages[code >> 7] = uniform[number] ?? addPage([UInt16](repeating: number, count: 128))
                    uniform[number] = pages[code >> 7]
                    code += 128
                } else {
                    set(code, number, &owned)
                    code += 1
                }
            }
        }
        var code = 0
        for number in 0..<numbers.next() {
            code += numbers.next()
            set(code, Class.mapped + UInt16(number), &owned)
            var scalar = code
            for _ in 0..<numbers.next() {
                scalar += numbers.nextSigned()
                scalars.append(UInt32(scalar))
            }
            mappingStarts.append(UInt16(scalars.count))
        }
    }

    private mutating func addPage(_ page: [UInt16]) -> UInt16 {
        entries += page
        return UInt16(entries.count / 128 - 1)
    }

    /// A page that several ranges touch is copied before it is written to.
    private mutating func set(_ code: Int, _ number: UInt16, _ owned: inout [Bool]) {
        let page = code >> 7
        if !owned[page] {
            let from = Int(pages[page]) << 7
            pages[page] = addPage(Array(entries[from..<from + 128]))
            owned[page] = true
        }
        entries[Int(pages[page]) << 7 | code & 127] = number
    }

    private struct Numbers {
        let bytes: [UInt8]
        var place = 0

        mutating func next() -> Int {
            var number = 0
            var shift = 0
            while bytes[place] > 127 {
                number |= Int(bytes[place] & 127) << shift
                shift += 7
                place += 1
            }
            number |= Int(bytes[place]) << shift
            place += 1
            return number
        }

        mutating func nextSigned() -> Int {
            let number = next()
            return number & 1 == 0 ? number >> 1 : -(number >> 1) - 1
        }
    }
}

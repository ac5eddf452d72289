/// Writes numbers and strings in pieces of 64 KB.
struct FrameWriter {
    private let sink: (UnsafeRawBufferPointer) -> Void
    private var pending: [UInt8] = []
    private static let pieceSize = 65_536

    init(sink: @escaping (UnsafeRawBufferPointer) -> Void) { self.sink = sink }

    mutating func put(_ byte: UInt8) {
        pending.append(byte)
        if pending.count >= Self.pieceSize { flush() }
    }

    mutating func put(_ bytes: [UInt8]) { for byte in bytes { put(byte) } }

    mutating func put(word: UInt64) { for shift in stride(from: 0, to: 64, by: 8) { put(UInt8(word >> shift & 0xff)) } }

    /// A number of a document: an offset, a level, a page. None is negative or above 2³².
    mutating func put(number: Int) {
        let word = UInt32(clamping: number)
        for shift in stride(from: 0, to: 32, by: 8) { put(UInt8(word >> shift & 0xff)) }
    }

    mutating func put(count: Int) { put(number: count) }

    mutating func put(_ string: String) {
        var string = string
        string.withUTF8 { bytes in
            put(count: bytes.count)
            if bytes.count < Self.pieceSize {
                for byte in bytes { put(byte) }
            } else {
                flush()
                sink(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    mutating func flush() {
        pending.withUnsafeBytes { if !$0.isEmpty { sink($0) } }
        pending.removeAll(keepingCapacity: true)
    }
}

/// Reads what `FrameWriter` wrote. Every length is held against what is left before anything is made of it.
struct FrameReader {
    private let all: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { all = bytes }

    var isAtEnd: Bool { place == all.count }

    mutating func bytes(_ count: Int) throws(ExtractionFrame.Malformed) -> ArraySlice<UInt8> {
        guard count <= all.count - place else { throw ExtractionFrame.Malformed() }
        defer { place += count }
        return all[place..<place + count]
    }

    mutating func byte() throws(ExtractionFrame.Malformed) -> UInt8 {
        guard place < all.count else { throw ExtractionFrame.Malformed() }
        defer { place += 1 }
        return all[place]
    }

    mutating func word() throws(ExtractionFrame.Malformed) -> UInt64 {
        try bytes(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func number() throws(ExtractionFrame.Malformed) -> Int {
        guard all.count - place >= 4 else { throw ExtractionFrame.Malformed() }
        defer { place += 4 }
        return Int(all[place]) | Int(all[place + 1]) << 8 | Int(all[place + 2]) << 16 | Int(all[place + 3]) << 24
    }

    mutating func string() throws(ExtractionFrame.Malformed) -> String {
        let count = try number()
        guard let string = String(validating: try bytes(count), as: UTF8.self) else {
            throw ExtractionFrame.Malformed()
        }
        return string
    }

    /// - Parameter size: the fewest bytes of an element, so that a count cannot ask for more memory than was sent.
    mutating func list<Element>(
        ofAtLeast size: Int, _ element: (inout FrameReader) throws(ExtractionFrame.Malformed) -> Element
    ) throws(ExtractionFrame.Malformed) -> [Element] {
        let count = try number()
        guard count <= (all.count - place) / size else { throw ExtractionFrame.Malformed() }
        var list: [Element] = []
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try element(&self)) }
        return list
    }

    mutating func numbers() throws(ExtractionFrame.Malformed) -> [Int] {
        try list(ofAtLeast: 4) { reader throws(ExtractionFrame.Malformed) in try reader.number() }
    }
}

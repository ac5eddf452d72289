/// The pieces of a Unigram model with their scores, found by the hash of a stretch of bytes.
struct UnigramVocabulary: Sendable {
    /// What an unknown character costs more than the least likely piece (sentencepiece, `unigram_model.cc`).
    private static let unknownPenalty = 10.0

    let unknown: Int32
    /// Of a character that no piece begins with.
    let unknownScore: Double
    let count: Int
    /// Of the longest piece, in bytes.
    let longest: Int
    /// The ids of `<0x00>` to `<0xFF>` when unknown characters become their bytes.
    let bytePieces: [Int32]?

    private struct Slot {
        var hash: UInt64
        /// Below 0 where the slot is free.
        var id: Int32
        var offset: Int32
        var length: Int32
    }

    private let bytes: [UInt8]
    private let slots: [Slot]
    private let mask: Int
    private let scores: [Double]

    /// - Parameter pieces: by id. At least one.
    init(pieces: [(text: [UInt8], score: Double)], unknown: Int32, fallsBackToBytes: Bool) {
        self.unknown = unknown
        count = pieces.count
        var size = 16
        while size < 2 * pieces.count { size *= 2 }
        mask = size - 1
        var bytes: [UInt8] = []
        var slots = [Slot](repeating: Slot(hash: 0, id: -1, offset: 0, length: 0), count: size)
        var longest = 1
        for (id, piece) in pieces.enumerated() where !piece.text.isEmpty {
            let hash = RollingHash.of(piece.text, continues: false)
            var slot = RollingHash.slot(hash) & mask
            // Of two pieces alike the later counts.
            while slots[slot].id >= 0, pieces[Int(slots[slot].id)].text != piece.text { slot = (slot + 1) & mask }
            slots[slot] = Slot(
                hash: hash, id: Int32(id), offset: Int32(bytes.count), length: Int32(piece.text.count))
            bytes += piece.text
            longest = max(longest, piece.text.count)
        }
        self.bytes = bytes
        self.slots = slots
        self.longest = longest
        scores = pieces.map(\.score)
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
        var found: [Int32] = []
        if fallsBackToBytes {
            let ids = Dictionary(
                pieces.enumerated().map { ($0.element.text, Int32($0.offset)) }, uniquingKeysWith: { $1 })
            for byte in UInt8.min...UInt8.max {
                let digits = String(byte, radix: 16, uppercase: true)
                guard let id = ids[Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)] else { break }
                found.append(id)
            }
        }
        bytePieces = found.count == 256 ? found : nil
    }

    func score(_ id: Int32) -> Double { scores[Int(id)] }

    /// The piece of `hash` that is `text[from..<to]`, nil where there is none.
    @inline(__always)
    func find(_ hash: UInt64, _ text: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) -> Int32? {
        var slot = RollingHash.slot(hash) & mask
        while slots[slot].id >= 0 {
            let found = slots[slot]
            if found.hash == hash, Int(found.length) == to - from,
                bytes[Int(found.offset)..<Int(found.offset) + Int(found.length)].elementsEqual(text[from..<to])
            {
                return found.id
            }
            slot = (slot + 1) & mask
        }
        return nil
    }
}

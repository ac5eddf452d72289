import CKernels
import SQLite

/// The number of words of every chunk of a course, in blocks of `blockSize` ids. A value that generations share.
struct ChunkLengths: Sendable {
    /// Ids of a block, which is a row of `chunk_length`: 4 KiB.
    static let blockSize = Int(POSTINGS_WINDOW)

    private static let none = [UInt16](repeating: 0, count: blockSize)

    /// The numbers of the blocks that are there, ascending: ids from `number * blockSize` on. A block's place here is its
    /// slot.
    private(set) var blocks: [UInt32] = []
    /// The lengths of every slot's ids, one slot after another.
    private(set) var words: [UInt16] = []

    /// The slot of a block, nil when none of its chunks has a length.
    func slot(of block: UInt32) -> Int? {
        let slot = place(of: block)
        return slot < blocks.count && blocks[slot] == block ? slot : nil
    }

    subscript(chunk: UInt32) -> UInt16 {
        guard let slot = slot(of: chunk / UInt32(Self.blockSize)) else { return 0 }
        return words[slot * Self.blockSize + Int(chunk) % Self.blockSize]
    }

    /// Forgets the lengths of some chunks.
    mutating func clear(_ chunks: some Sequence<UInt32>) {
        for chunk in chunks {
            guard let slot = slot(of: chunk / UInt32(Self.blockSize)) else { continue }
            words[slot * Self.blockSize + Int(chunk) % Self.blockSize] = 0
        }
    }

    /// Where a block is, or belongs.
    private func place(of block: UInt32) -> Int {
        // Most courses have all blocks from the first on.
        if let first = blocks.first, block >= first, Int(block - first) < blocks.count,
            blocks[Int(block - first)] == block
        {
            return Int(block - first)
        }
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle] < block { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Reads what changed after `generation`; the rest is as it was.
    mutating func refresh(after generation: Int64, in connection: Connection) throws {
        try connection.forEach(
            "SELECT block, words FROM chunk_length WHERE changed > ? ORDER BY block", [SQLValue(generation)]
        ) { row in
            guard let number = UInt32(exactly: row.int64(0)) else { return true }
            let new = try Self.decode(row, 1, in: connection)
            let slot = place(of: number)
            let start = slot * Self.blockSize
            if slot < blocks.count, blocks[slot] == number {
                words.replaceSubrange(start..<(start + Self.blockSize), with: new)
            } else {
                blocks.insert(number, at: slot)
                words.insert(contentsOf: new, at: start)
            }
            return true
        }
    }

    /// Reads one block of the file.
    private static func block(_ number: UInt32, in connection: Connection) throws -> [UInt16] {
        try connection.row("SELECT words FROM chunk_length WHERE block = ?", [SQLValue(Int(number))]) {
            try decode($0, 0, in: connection)
        } ?? none
    }

    /// Writes lengths of chunks, or zeros in their places.
    /// - Parameter generation: the one that this transaction makes.
    static func store(
        _ lengths: [(chunk: UInt32, words: UInt16)], removing: Bool, generation: Int64, in connection: Connection
    ) throws {
        var rest = lengths[...]
        while let first = rest.first {
            let number = first.chunk / UInt32(blockSize)
            let run = rest.prefix { $0.chunk / UInt32(blockSize) == number }
            rest = rest.dropFirst(run.count)
            var words = try block(number, in: connection)
            for (chunk, length) in run { words[Int(chunk) % blockSize] = removing ? 0 : length }
            if words == none {
                try connection.run("DELETE FROM chunk_length WHERE block = ?", [SQLValue(Int(number))])
            } else {
                let bytes = words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
                try connection.run(
                    "INSERT OR REPLACE INTO chunk_length (block, changed, words) VALUES (?, ?, ?)",
                    [SQLValue(Int(number)), SQLValue(generation), SQLValue(bytes)])
            }
        }
    }

    private static func decode(_ row: Row, _ column: Int, in connection: Connection) throws -> [UInt16] {
        try row.withBlob(column) { bytes in
            guard bytes.count == 2 * blockSize else {
                throw SQLiteError(.corrupt, path: connection.path, detail: "lengths of \(bytes.count) bytes")
            }
            return (0..<blockSize).map {
                UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
            }
        }
    }
}

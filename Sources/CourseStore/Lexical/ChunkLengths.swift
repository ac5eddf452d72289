import SQLite

/// The number of words of every chunk of a course, in blocks of `blockSize` ids. A value that generations share.
struct ChunkLengths: Sendable {
    /// Ids of a block, which is a row of `chunk_length`: 4 KiB.
    static let blockSize = 2_048

    private static let none = [UInt16](repeating: 0, count: blockSize)

    private var blocks: [UInt32: [UInt16]] = [:]

    /// The lengths of ids from `number * blockSize` on; zeros where there are none.
    func block(_ number: UInt32) -> [UInt16] { blocks[number] ?? Self.none }

    subscript(chunk: UInt32) -> UInt16 {
        block(chunk / UInt32(Self.blockSize))[Int(chunk) % Self.blockSize]
    }

    /// Reads what changed after `generation`; the rest is as it was.
    mutating func refresh(after generation: Int64, in connection: Connection) throws {
        try connection.forEach(
            "SELECT block, words FROM chunk_length WHERE changed > ?", [SQLValue(generation)]
        ) { row in
            if let number = UInt32(exactly: row.int64(0)) { blocks[number] = try Self.decode(row, 1, in: connection) }
            return true
        }
    }

    /// Reads one block of the file.
    fileprivate static func block(_ number: UInt32, in connection: Connection) throws -> [UInt16] {
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

/// The lengths that a change of the index asks for, read as they are needed.
final class LengthReader {
    private let connection: Connection
    private var blocks: [UInt32: [UInt16]] = [:]
    private var last: (number: UInt32, words: [UInt16])?

    init(_ connection: Connection) { self.connection = connection }

    func length(of chunk: UInt32) throws -> UInt16 {
        let number = chunk / UInt32(ChunkLengths.blockSize)
        if let last, last.number == number { return last.words[Int(chunk) % ChunkLengths.blockSize] }
        let words = try blocks[number] ?? ChunkLengths.block(number, in: connection)
        blocks[number] = words
        last = (number, words)
        return words[Int(chunk) % ChunkLengths.blockSize]
    }
}

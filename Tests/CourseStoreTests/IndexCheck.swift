import SQLite
import Support
import Testing

@testable import CourseStore

/// Compares the stored index of words with what the stored texts say.
enum IndexCheck {
    struct Contents: Equatable {
        var postings: [String: [Posting]] = [:]
        var lengths: [UInt32: UInt16] = [:]
        var statistics = LexicalStatistics()
    }

    static func check(_ file: CourseFile) async throws {
        let (stored, expected) = try await file.pool.read { (try Self.stored(in: $0), try Self.expected(in: $0)) }
        #expect(stored.statistics == expected.statistics)
        #expect(stored.lengths == expected.lengths)
        #expect(stored.postings.keys.sorted() == expected.postings.keys.sorted())
        #expect(stored.postings == expected.postings)
    }

    /// From the texts alone.
    static func expected(in connection: Connection) throws -> Contents {
        var contents = Contents()
        try PostingBatch.forEach("", [], limit: .max, in: connection) { batch in
            contents = Contents(
                postings: batch.postings,
                lengths: Dictionary(uniqueKeysWithValues: batch.lengths.filter { $0.words > 0 }),
                statistics: batch.statistics)
        }
        return contents
    }

    static func stored(in connection: Connection) throws -> Contents {
        var contents = Contents()
        contents.statistics = try .current(in: connection)
        let terms = try connection.rows("SELECT text FROM term UNION SELECT term FROM recent", [], { $0.text(0) })
        for term in terms {
            let add = { (bytes: UnsafeRawBufferPointer) in
                contents.postings[term, default: []] += try #require(PostingBlock.decode(bytes))
            }
            try PostingTable.forEach(term, in: connection, add)
            try RecentPostings.forEach(term, in: connection, add)
            contents.postings[term]?.sort { $0.chunk < $1.chunk }
        }
        var lengths = ChunkLengths()
        try lengths.refresh(after: .min, in: connection)
        for block in lengths.blocks {
            let first = block * UInt32(ChunkLengths.blockSize)
            for chunk in first..<(first + UInt32(ChunkLengths.blockSize)) where lengths[chunk] > 0 {
                contents.lengths[chunk] = lengths[chunk]
            }
        }
        return contents
    }
}

import SQLite
import Support

/// One course on disk: documents, chunks, full text and vectors in one SQLite file.
///
/// Safe to use from any task, and while other processes read and write the same file: every call sees the last commit
/// before it began. Throws `SQLiteError`, `CourseStoreError` and `CancellationError`.
package final class CourseFile: Sendable {
    package let course: CourseID
    /// The space of the file's vectors.
    package let space: EmbeddingSpace
    let pool: ConnectionPool
    let vectors: VectorCache
    let time: any TimeSource
    /// The last counts and the generation they were counted at.
    private let counted = Locked<(generation: Int64, documents: Int, chunks: Int)?>(nil)

    /// Opens the file, making it when there is none. Blocks while it does.
    ///
    /// - Parameter vectorMemory: the most bytes of vectors kept in memory for the exact scan; a course with more is
    ///   scanned row by row.
    /// - Throws: `CourseStoreError.otherModel` when the file's vectors are of another space; `SQLiteError`.
    package init(
        path: String, course: CourseID, space: EmbeddingSpace, vectorMemory: Int = 256 << 20,
        time: any TimeSource = SystemTime()
    ) throws {
        self.course = course
        self.space = space
        self.time = time
        vectors = VectorCache(dimension: space.dimension, limit: vectorMemory)
        // `normal`: what a power cut may take is the last document, and ingesting again brings it back.
        pool = try ConnectionPool(
            path: path, durability: .normal, migrations: CourseSchema.migrations,
            applicationID: CourseSchema.applicationID, pageSize: CourseSchema.pageSize
        ) { connection in
            try Self.check(space, in: connection)
        }
    }

    /// Finishes what is in hand and closes the file.
    package func close() async { await pool.close() }

    /// How much the course holds; counted once a change, for every question asks.
    package func counts() async throws -> (documents: Int, chunks: Int) {
        try await pool.read { [counted] connection in
            let generation = try Generation.current(in: connection).number
            if let known = counted.withLock({ $0 }), known.generation == generation {
                return (known.documents, known.chunks)
            }
            let sql = "SELECT (SELECT count(*) FROM document), (SELECT count(*) FROM chunk)"
            let counts =
                try connection.row(sql, [], { (documents: $0.int(0), chunks: $0.int(1)) }) ?? (documents: 0, chunks: 0)
            counted.withLock { $0 = (generation, counts.documents, counts.chunks) }
            return counts
        }
    }

    /// All documents, by path.
    package func documents() async throws -> [Document] {
        try await pool.read { try DocumentTable.rows("ORDER BY path", [], in: $0) }
    }

    package func document(id: String) async throws -> Document? {
        try await pool.read { try DocumentTable.rows("WHERE id = ?", [SQLValue(id)], in: $0).first }
    }

    package func document(path: String) async throws -> Document? {
        try await pool.read { try DocumentTable.rows("WHERE path = ?", [SQLValue(path)], in: $0).first }
    }

    /// The chunks in the order of `ids`; those that are gone are left out.
    package func chunks(ids: [Int64]) async throws -> [Chunk] {
        try await pool.read { connection in
            try ids.compactMap { try ChunkTable.rows("WHERE chunk.id = ?", [SQLValue($0)], in: connection).first }
        }
    }

    /// The documents of chunks, in the order of `ids`; chunks that are gone are left out.
    package func documentIDs(ofChunks ids: [Int64]) async throws -> [String] {
        try await pool.read { connection in
            try ids.compactMap { id in
                try connection.row(
                    "SELECT document.id FROM chunk JOIN document ON key = document_key WHERE chunk.id = ?",
                    [SQLValue(id)], { $0.text(0) })
            }
        }
    }

    /// A run of a document's chunks, in their order.
    package func chunks(documentID: String, ordinals: ClosedRange<Int>) async throws -> [Chunk] {
        try await pool.read { connection in
            try ChunkTable.rows(
                "WHERE document.id = ? AND ordinal BETWEEN ? AND ? ORDER BY ordinal",
                [SQLValue(documentID), SQLValue(ordinals.lowerBound), SQLValue(ordinals.upperBound)], in: connection)
        }
    }

    /// Puts a document in place of the one at its path, if any: old chunks, words and vectors out, new ones in, in one
    /// transaction. Readers see the old version until the new one is whole.
    ///
    /// - Parameters:
    ///   - vectors: unit vectors, `chunks.count * space.dimension` floats, one chunk after another.
    ///   - verify: looks at what was written before anyone else can; when it throws, the course stays as it was.
    @discardableResult
    package func replace(
        _ document: NewDocument, chunks: [NewChunk], vectors: [Float],
        verify: @escaping @Sendable (UncommittedDocument) throws -> Void = { _ in }
    ) async throws -> Document {
        let expected = chunks.count * space.dimension
        guard vectors.count == expected else {
            throw CourseStoreError.wrongVectorCount(expected: expected, found: vectors.count)
        }
        guard vectors.allSatisfy(\.isFinite) else { throw CourseStoreError.vectorNotFinite }
        let row = Document(
            id: documentID(of: document.path), path: document.path, title: document.title,
            contentHash: document.contentHash, byteCount: document.byteCount, mediaType: document.mediaType,
            language: document.language, pageCount: document.pageCount, chunkCount: chunks.count,
            characterCount: document.characterCount, warnings: document.warnings, ingestedAt: time.now,
            root: document.root)
        let dimension = space.dimension
        try await pool.write { connection in
            let hadOne = try DocumentTable.remove(id: row.id, in: connection)
            let key = try DocumentTable.insert(row, in: connection)
            for (ordinal, chunk) in chunks.enumerated() {
                let id = try ChunkTable.insert(chunk, ordinal: ordinal, documentKey: key, in: connection)
                let vector = vectors[(ordinal * dimension)..<((ordinal + 1) * dimension)]
                try VectorTable.insert(vector, chunkID: id, in: connection)
            }
            try FullTextIndex.add(documentKey: key, in: connection)
            try Generation.advance(removing: hadOne, in: connection)
            try verify(UncommittedDocument(id: row.id, connection: connection))
        }
        return row
    }

    /// Notes that a document is now found in another folder; its content stays.
    package func setRoot(_ root: String, documentID: String) async throws {
        try await pool.write { connection in
            try connection.run(
                "UPDATE document SET root = ? WHERE id = ?", [SQLValue(root), SQLValue(documentID)])
        }
    }

    /// Takes a document out with all that belongs to it; false when there is none of that id.
    @discardableResult
    package func remove(documentID: String) async throws -> Bool {
        try await pool.write { connection in
            guard try DocumentTable.remove(id: documentID, in: connection) else { return false }
            try Generation.advance(removing: true, in: connection)
            return true
        }
    }

    private func documentID(of path: String) -> String {
        String(SHA256.hex("\(course.name)\u{0}\(path)".utf8).prefix(32))
    }

    /// Writes the model row of a new file; refuses a file with another one.
    private static func check(_ space: EmbeddingSpace, in connection: Connection) throws {
        let found = try connection.row("SELECT name, revision, dimension, pooling FROM model") { row in
            EmbeddingSpace(name: row.text(0), revision: row.text(1), dimension: row.int(2), pooling: row.text(3))
        }
        if let found {
            guard found == space else {
                throw CourseStoreError.otherModel(path: connection.path, file: found, program: space)
            }
        } else {
            try connection.run(
                "INSERT INTO model VALUES (1, ?, ?, ?, ?)",
                [SQLValue(space.name), SQLValue(space.revision), SQLValue(space.dimension), SQLValue(space.pooling)])
        }
    }
}

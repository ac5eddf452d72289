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
    /// KiB of pages that a reader keeps: a course of 20,000 chunks. Each question reads hundreds of them here and there, and
    /// what it cost to fetch them from the system was a fifth of the whole question.
    private static let pageCache = 64 << 10
    let pool: ConnectionPool
    private let lexical = LexicalCache()
    /// The same without some documents, for the last sets of them that were asked about.
    private let veiled = Locked<[(hidden: Set<String>, cache: LexicalCache)]>([])
    /// There is one such set at a time, what students may not see now, and for a moment the one before it.
    private static let veils = 2
    /// nil for vectors that codes cannot be made of.
    let codes: CodeCache?
    let listing = Locked(Listing())
    let time: any TimeSource
    /// The last counts and the generation they were counted at.
    private let counted = Locked<(generation: Int64, documents: Int, chunks: Int)?>(nil)

    /// Opens the file, making it when there is none. Blocks while it does.
    ///
    /// - Parameters:
    ///   - vectorMemory: the most bytes of codes kept in memory; those of a course with more are read for each question. Enough
    ///     for a million chunks with lists.
    ///   - sharedMemory: of all courses together.
    ///   - cachedFrom: chunks from which on a course's codes are kept in memory at all.
    ///   - listedFrom: chunks from which on codes in memory are sorted into lists.
    /// - Throws: `CourseStoreError.otherModel` when the file's vectors are of another space; `SQLiteError`.
    package init(
        path: String, course: CourseID, space: EmbeddingSpace, vectorMemory: Int = 320 << 20,
        sharedMemory: VectorMemory = .shared, cachedFrom: Int = 100_000, listedFrom: Int = 100_000,
        time: any TimeSource = SystemTime()
    ) throws {
        self.course = course
        self.space = space
        self.time = time
        let layout = CodeLayout(dimension: space.dimension)
        codes = layout.map {
            CodeCache(
                layout: $0, limit: vectorMemory, memory: sharedMemory, threshold: cachedFrom, listedFrom: listedFrom)
        }
        // `full`: the upload's job is deleted once its document is here, so nobody would bring back one that a power cut
        // took. It costs one wait for the disk a document.
        pool = try ConnectionPool(
            path: path, durability: .full, migrations: CourseSchema.migrations,
            applicationID: CourseSchema.applicationID, pageSize: CourseSchema.pageSize,
            readCache: Self.pageCache
        ) { connection in
            try Self.check(space, in: connection)
            try LexicalIndex.update(in: connection)
            if let layout { try CodeTable.catchUp(layout: layout, in: connection) }
        }
    }

    /// Finishes what is in hand and closes the file.
    package func close() async {
        await endListing()
        await pool.close()
    }

    /// How much the course holds; counted once a change, for every question asks.
    package func counts() async throws -> (documents: Int, chunks: Int) {
        try await pool.read { [counted] connection in
            let generation = try Generation.current(in: connection).number
            if let known = counted.withLock({ $0 }), known.generation == generation {
                return (known.documents, known.chunks)
            }
            let documents = try connection.row("SELECT count(*) FROM document", [], { $0.int(0) }) ?? 0
            let counts = (documents: documents, chunks: try DocumentTable.chunkCount(in: connection))
            counted.withLock { $0 = (generation, counts.documents, counts.chunks) }
            return counts
        }
    }

    /// What is known of the index, as if `hidden` were not in the course.
    func index(without hidden: Set<String>) -> LexicalCache {
        guard !hidden.isEmpty else { return lexical }
        return veiled.withLock { veiled in
            if let known = veiled.first(where: { $0.hidden == hidden }) { return known.cache }
            let cache = LexicalCache(without: hidden)
            veiled = [(hidden, cache)] + veiled.prefix(Self.veils - 1)
            return cache
        }
    }

    /// The chunks of all documents but `hidden`.
    package func chunkCount(without hidden: Set<String>) async throws -> Int {
        guard !hidden.isEmpty else { return try await counts().chunks }
        let index = index(without: hidden)
        return try await pool.read { try index.current(in: $0).statistics.chunks }
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

    /// The id of the document at that path, or the one that a document would get there.
    package func documentID(ofPath path: String) async throws -> String {
        let course = course
        return try await pool.read { connection in
            try DocumentTable.id(path: path, in: connection)
                ?? DocumentTable.freeID(for: path, in: course, connection)
        }
    }

    /// The document of this very content; the first by path when a file of an older version has it twice.
    package func document(contentHash: String) async throws -> Document? {
        try await documents(contentHash: contentHash).first
    }

    /// The documents of this very content, by path.
    package func documents(contentHash: String) async throws -> [Document] {
        try await pool.read {
            try DocumentTable.rows("WHERE content_hash = ? ORDER BY path", [SQLValue(contentHash)], in: $0)
        }
    }

    /// What was found in a document when it was taken in; nil when there is no such document, or it is of a file of
    /// an older version.
    package func report(documentID: String) async throws -> DocumentReport? {
        try await pool.read { try DocumentTable.report(id: documentID, in: $0) }
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

import SQLite
import Support

extension CourseFile {
    /// Puts a document in place of the one at its path, if any: old chunks, words and vectors out, new ones in, in one
    /// transaction. Readers see the old version until the new one is whole. A new version keeps the document's id.
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
        let (dimension, layout, course, now) = (space.dimension, codes?.layout, course, time.now)
        return try await pool.write { connection in
            let former = try DocumentTable.id(path: document.path, in: connection)
            let id = try former ?? DocumentTable.freeID(for: document.path, in: course, connection)
            let row = Document(
                id: id, path: document.path, title: document.title, contentHash: document.contentHash,
                byteCount: document.byteCount, mediaType: document.mediaType, language: document.language,
                pageCount: document.pageCount, chunkCount: chunks.count, characterCount: document.characterCount,
                warnings: document.warnings, ingestedAt: now, root: document.root, pageUnit: document.pageUnit)
            let hadOne = try DocumentTable.remove(id: id, layout, in: connection)
            let key = try DocumentTable.insert(row, in: connection)
            var ids: [Int64] = []
            for (ordinal, chunk) in chunks.enumerated() {
                let id = try ChunkTable.insert(chunk, ordinal: ordinal, documentKey: key, in: connection)
                let vector = vectors[(ordinal * dimension)..<((ordinal + 1) * dimension)]
                try VectorTable.insert(vector, chunkID: id, in: connection)
                ids.append(id)
            }
            if let layout { try CodeTable.append(vectors, ids: ids, layout: layout, in: connection) }
            try LexicalIndex.add(documentKey: key, in: connection)
            try Generation.advance(removing: hadOne, in: connection)
            try verify(UncommittedDocument(id: id, connection: connection))
            return row
        }
    }

    /// Gives a document another path and title; its id, chunks and vectors stay. What was at that path goes, in the
    /// same transaction.
    /// - Returns: the document as it is now; nil when there is none of that id.
    @discardableResult
    package func rename(documentID: String, path: String, title: String, root: String) async throws -> Document? {
        let layout = codes?.layout
        return try await pool.write { connection in
            guard try DocumentTable.rows("WHERE id = ?", [SQLValue(documentID)], in: connection).first != nil else {
                return nil
            }
            var replaces = false
            if let other = try DocumentTable.id(path: path, in: connection), other != documentID {
                replaces = try DocumentTable.remove(id: other, layout, in: connection)
            }
            try DocumentTable.rename(id: documentID, path: path, title: title, root: root, in: connection)
            try Generation.advance(removing: replaces, in: connection)
            return try DocumentTable.rows("WHERE id = ?", [SQLValue(documentID)], in: connection).first
        }
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
        let layout = codes?.layout
        return try await pool.write { connection in
            guard try DocumentTable.remove(id: documentID, layout, in: connection) else { return false }
            try Generation.advance(removing: true, in: connection)
            return true
        }
    }
}

import CKernels
import SQLite

/// The rows of `vector`: the truth of which `VectorMatrix` is a copy. A vector is stored as little-endian floats.
enum VectorTable {
    /// Rows whose scores are computed in one call of the kernel when a course is scanned row by row.
    private static let batch = 256

    static func insert(_ vector: ArraySlice<Float>, chunkID: Int64, in connection: Connection) throws {
        let bytes = vector.withUnsafeBytes { [UInt8]($0) }
        try connection.run("INSERT INTO vector VALUES (?, ?)", [SQLValue(chunkID), SQLValue(bytes)])
    }

    /// Gives every vector with an id above `id` to `body`, by ascending id.
    static func forEach(
        after id: Int64, dimension: Int, in connection: Connection,
        _ body: (Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try connection.forEach(
            "SELECT chunk_id, embedding FROM vector WHERE chunk_id > ? ORDER BY chunk_id", [SQLValue(id)]
        ) { row in
            try row.withBlob(1) { bytes in
                guard bytes.count == dimension * MemoryLayout<Float>.size else {
                    throw SQLiteError(.corrupt, path: connection.path, detail: "a vector of \(bytes.count) bytes")
                }
                try body(row.int64(0), bytes)
            }
            return true
        }
    }

    /// The best chunks by dot product, read row by row in bounded memory.
    static func best(_ query: [Float], limit: Int, in connection: Connection) throws -> [ScoredChunk] {
        let dimension = query.count
        var best = BestScores(limit: limit)
        var ids: [Int64] = []
        let rows = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * dimension)
        defer { rows.deallocate() }
        var scores = [Float](repeating: 0, count: batch)
        func flush() {
            kernels_dot_scan(query, rows.baseAddress, ids.count, dimension, &scores)
            for (id, score) in zip(ids, scores) { best.insert(ScoredChunk(id: id, score: score)) }
            ids.removeAll(keepingCapacity: true)
        }
        try forEach(after: .min, dimension: dimension, in: connection) { id, bytes in
            UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: rows[(ids.count * dimension)...]))
                .copyMemory(from: bytes)
            ids.append(id)
            if ids.count == batch { flush() }
        }
        flush()
        return best.sorted()
    }

    /// The dot products of chosen chunks; those without a vector are left out.
    static func scores(_ query: [Float], ids: [Int64], in connection: Connection) throws -> [Int64: Float] {
        var scores: [Int64: Float] = [:]
        var row = [Float](repeating: 0, count: query.count)
        for id in ids {
            let found = try connection.row("SELECT embedding FROM vector WHERE chunk_id = ?", [SQLValue(id)]) {
                $0.withBlob(0) { bytes in
                    guard bytes.count == row.count * MemoryLayout<Float>.size else { return false }
                    row.withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
                    return true
                }
            }
            guard found == true else { continue }
            var score: Float = 0
            kernels_dot_scan(query, row, 1, query.count, &score)
            scores[id] = score
        }
        return scores
    }
}

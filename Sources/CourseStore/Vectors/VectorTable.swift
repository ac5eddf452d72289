import CKernels
import SQLite

/// The rows of `vector`: the truth of which all codes are made. A vector is stored as little-endian floats.
enum VectorTable {
    /// Rows whose scores are computed in one call of the kernel when they are scanned one by one.
    private static let batch = 256

    static func insert(_ vector: ArraySlice<Float>, chunkID: Int64, in connection: Connection) throws {
        let bytes = vector.withUnsafeBytes { [UInt8]($0) }
        try connection.run("INSERT INTO vector VALUES (?, ?)", [SQLValue(chunkID), SQLValue(bytes)])
    }

    /// Gives every vector with an id within `ids` to `body`, by ascending id, as `dimension` floats that are gone when
    /// `body` returns.
    static func forEach(
        in ids: ClosedRange<Int64>, dimension: Int, in connection: Connection,
        _ body: (Int64, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { vector in
            try connection.forEach(
                "SELECT chunk_id, embedding FROM vector WHERE chunk_id BETWEEN ? AND ? ORDER BY chunk_id",
                [SQLValue(ids.lowerBound), SQLValue(ids.upperBound)]
            ) { row in
                guard read(row, 1, into: vector) else { throw corrupt(row, 1, connection) }
                try body(row.int64(0), UnsafeBufferPointer(vector))
                return true
            }
        }
    }

    /// Gives the first vector at or after each of `ids` to `body`: a sample of the course.
    static func sample(
        _ ids: [Int64], dimension: Int, in connection: Connection, _ body: (UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { vector in
            try connection.forEach(
                "SELECT embedding FROM vector WHERE chunk_id >= ? ORDER BY chunk_id LIMIT 1", keys: ids
            ) { _, row in
                guard read(row, 0, into: vector) else { throw corrupt(row, 0, connection) }
                try body(UnsafeBufferPointer(vector))
            }
        }
    }

    /// The smallest and the largest id of a vector; nil when there is none.
    static func bounds(in connection: Connection) throws -> ClosedRange<Int64>? {
        let first = try connection.row("SELECT min(chunk_id) FROM vector", [], { $0.isNull(0) ? nil : $0.int64(0) })
        let last = try connection.row("SELECT max(chunk_id) FROM vector", [], { $0.isNull(0) ? nil : $0.int64(0) })
        guard let first = first ?? nil, let last = last ?? nil, first <= last else { return nil }
        return first...last
    }

    /// The best chunks by dot product, every row within `ids` looked at, in bounded memory.
    static func best(
        _ query: [Float], limit: Int, in ids: [ClosedRange<Int64>] = [.min ... .max], in connection: Connection
    ) throws -> [ScoredChunk] {
        let dimension = query.count
        var best = BestScores(limit: limit)
        var found: [Int64] = []
        let rows = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * dimension)
        defer { rows.deallocate() }
        var scores = [Float](repeating: 0, count: batch)
        func flush() {
            kernels_dot_scan(query, rows.baseAddress, found.count, dimension, &scores)
            for (id, score) in zip(found, scores) {
                if let threshold = best.threshold, score < threshold { continue }
                best.insert(ScoredChunk(id: id, score: score))
            }
            found.removeAll(keepingCapacity: true)
        }
        for range in ids {
            try forEach(in: range, dimension: dimension, in: connection) { id, vector in
                _ = UnsafeMutableBufferPointer(rebasing: rows[(found.count * dimension)...]).update(from: vector)
                found.append(id)
                if found.count == batch { flush() }
            }
        }
        flush()
        return best.sorted()
    }

    /// Gives the dot products of chosen chunks with `query` to `body`, in their order; those without a vector are left
    /// out.
    /// - Parameter nextID: the next chunk, nil when there are no more. It may depend on what `body` was given.
    static func forEachScore(
        _ query: [Float], nextID: () -> Int64?, in connection: Connection, _ body: (Int64, Float) -> Void
    ) throws {
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: query.count) { vector in
            try connection.forEach("SELECT embedding FROM vector WHERE chunk_id = ?", nextKey: nextID) { id, row in
                guard read(row, 0, into: vector) else { return }
                var score: Float = 0
                kernels_dot_scan(query, vector.baseAddress, 1, query.count, &score)
                body(id, score)
            }
        }
    }

    /// The dot products of chosen chunks; those without a vector are left out.
    static func scores(_ query: [Float], ids: [Int64], in connection: Connection) throws -> [Int64: Float] {
        var scores: [Int64: Float] = [:]
        var rest = ids.makeIterator()
        try forEachScore(query, nextID: { rest.next() }, in: connection) { scores[$0] = $1 }
        return scores
    }

    /// What SQLite hands out need not lie on the border of a float, so it is copied. False when it has another length.
    private static func read(_ row: Row, _ column: Int, into vector: UnsafeMutableBufferPointer<Float>) -> Bool {
        row.withBlob(column) { bytes in
            guard bytes.count == vector.count * MemoryLayout<Float>.size else { return false }
            UnsafeMutableRawBufferPointer(vector).copyMemory(from: bytes)
            return true
        }
    }

    private static func corrupt(_ row: Row, _ column: Int, _ connection: Connection) -> SQLiteError {
        SQLiteError(
            .corrupt, path: connection.path, detail: "a vector of \(row.withBlob(column) { $0.count }) bytes")
    }
}

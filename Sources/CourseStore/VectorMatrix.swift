import CKernels
import SQLite

/// All vectors of a course in memory, as they were at one generation of the file. Immutable once made.
///
/// Unchecked Sendable: the buffer is written in `init` only.
final class VectorMatrix: @unchecked Sendable {
    let generation: Generation
    private let dimension: Int
    private let ids: [Int64]
    private let rows: UnsafeMutableBufferPointer<Float>

    /// Reads the vectors of the connection's snapshot. What `old` holds is copied from it when the file has since only
    /// grown.
    init(dimension: Int, generation: Generation, old: VectorMatrix?, in connection: Connection) throws {
        let kept = old.flatMap { $0.generation.removals == generation.removals ? $0 : nil }
        let count = try VectorTable.count(in: connection)
        let rows = UnsafeMutableBufferPointer<Float>.allocate(capacity: max(1, count * dimension))
        var ids = kept?.ids ?? []
        do {
            guard ids.count <= count else {
                throw SQLiteError(.corrupt, path: connection.path, detail: "vectors vanished without a trace")
            }
            if let kept { _ = rows.update(fromContentsOf: kept.rows[..<(ids.count * dimension)]) }
            try VectorTable.forEach(after: ids.last ?? .min, dimension: dimension, in: connection) { id, bytes in
                guard ids.count < count else { return }
                let target = UnsafeMutableBufferPointer(rebasing: rows[(ids.count * dimension)...])
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
                ids.append(id)
            }
        } catch {
            rows.deallocate()
            throw error
        }
        self.dimension = dimension
        self.generation = generation
        self.ids = ids
        self.rows = rows
    }

    deinit { rows.deallocate() }

    /// The best chunks by dot product with `query`, best first.
    func best(_ query: [Float], limit: Int) -> [ScoredChunk] {
        let batch = 4096
        var best = BestScores(limit: limit)
        var scores = [Float](repeating: 0, count: min(batch, ids.count))
        for start in stride(from: 0, to: ids.count, by: batch) {
            let count = min(batch, ids.count - start)
            kernels_dot_scan(query, rows.baseAddress.map { $0 + start * dimension }, count, dimension, &scores)
            for offset in 0..<count {
                if let threshold = best.threshold, scores[offset] < threshold { continue }
                best.insert(ScoredChunk(id: ids[start + offset], score: scores[offset]))
            }
        }
        return best.sorted()
    }
}

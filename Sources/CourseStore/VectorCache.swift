import Dispatch
import SQLite
import Support

/// Keeps the last `VectorMatrix` of a course for the next question, within a limit of memory.
final class VectorCache: Sendable {
    private let dimension: Int
    private let limit: Int
    private let matrix = Locked<VectorMatrix?>(nil)
    /// Lets one reader load while the others wait on their own threads, so that a course is not in memory many times.
    private let loading = DispatchSemaphore(value: 1)

    /// - Parameter limit: the most bytes of vectors held.
    init(dimension: Int, limit: Int) {
        self.dimension = dimension
        self.limit = limit
    }

    /// The course's vectors as of the connection's snapshot or later; nil when they are more than the limit.
    func current(in connection: Connection) throws -> VectorMatrix? {
        let generation = try Generation.current(in: connection)
        if let matrix = fresh(generation) { return matrix }
        guard try DocumentTable.chunkCount(in: connection) * dimension * MemoryLayout<Float>.size <= limit else {
            matrix.withLock { $0 = nil }
            return nil
        }
        loading.wait()
        defer { loading.signal() }
        if let matrix = fresh(generation) { return matrix }
        let old = matrix.withLock { $0 }
        let new = try VectorMatrix(dimension: dimension, generation: generation, old: old, in: connection)
        matrix.withLock { $0 = new }
        return new
    }

    private func fresh(_ generation: Generation) -> VectorMatrix? {
        matrix.withLock { matrix in matrix.flatMap { $0.generation.number >= generation.number ? $0 : nil } }
    }
}

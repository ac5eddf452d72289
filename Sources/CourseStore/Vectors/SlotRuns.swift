/// Which chunk each slot of a block of codes belongs to: runs of ids one after another, ascending.
///
/// Ids are given in order and a block is filled in order, so there is one run, until chunks went and blocks were joined.
struct SlotRuns: Sendable, Equatable {
    private struct Run: Sendable, Equatable {
        let id: Int64
        /// The slot of `id`.
        let slot: Int
        var count: Int
    }

    /// Bytes of a run on disk: id and count, little-endian.
    private static let runBytes = 12

    private var runs: [Run] = []

    init() {}

    /// Slots in use.
    var count: Int { runs.last.map { $0.slot + $0.count } ?? 0 }

    var lastID: Int64? { runs.last.map { $0.id + Int64($0.count - 1) } }

    /// Gives the next slot to `id`, which is larger than all before.
    mutating func append(_ id: Int64) {
        if let lastID, lastID + 1 == id {
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(id: id, slot: count, count: 1))
        }
    }

    /// The chunk of a slot in use.
    func id(ofSlot slot: Int) -> Int64 {
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].slot <= slot { low = middle } else { high = middle - 1 }
        }
        return runs[low].id + Int64(slot - runs[low].slot)
    }

    /// The ids of all slots lie within these; nil when no slot is in use.
    var ids: ClosedRange<Int64>? {
        guard let first = runs.first, let lastID else { return nil }
        return first.id...lastID
    }

    /// Gives each slot whose id is within `ids` to `body`.
    func forEachSlot(of ids: ClosedRange<Int64>, _ body: (Int) -> Void) {
        for run in runs {
            let first = max(ids.lowerBound, run.id), last = min(ids.upperBound, run.id + Int64(run.count - 1))
            guard first <= last else { continue }
            let start = run.slot + Int(first - run.id)
            for slot in start...(start + Int(last - first)) { body(slot) }
        }
    }

    /// The ids of all slots, ascending.
    var ranges: [ClosedRange<Int64>] { runs.map { $0.id...($0.id + Int64($0.count - 1)) } }

    /// Nil when the bytes are no runs of ascending ids, `capacity` at most.
    init?(bytes: UnsafeRawBufferPointer, capacity: Int) {
        guard bytes.count % Self.runBytes == 0 else { return nil }
        for offset in stride(from: 0, to: bytes.count, by: Self.runBytes) {
            let id = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            let width = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)))
            guard width > 0, count + width <= capacity, id < Int64.max - Int64(width), id > lastID ?? .min else {
                return nil
            }
            runs.append(Run(id: id, slot: count, count: width))
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for run in runs {
            withUnsafeBytes(of: run.id.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: UInt32(run.count).littleEndian) { bytes += $0 }
        }
        return bytes
    }
}

import CKernels

/// The codes of up to 1,024 chunks, and whose they are: a row of `code_block`.
struct CodeBlock: Sendable {
    let layout: CodeLayout
    /// Of the `CodeCentre` that all its codes were made with.
    let centre: Int64
    private(set) var runs: SlotRuns
    /// Slots whose chunk is still there.
    private(set) var live: Int
    /// layout.byteCount
    private(set) var bytes: [UInt8]

    init(layout: CodeLayout, centre: Int64) {
        self.layout = layout
        self.centre = centre
        runs = SlotRuns()
        live = 0
        bytes = [UInt8](repeating: 0, count: layout.byteCount)
    }

    /// A block from the file; `bytes` has `layout.byteCount`.
    init(layout: CodeLayout, centre: Int64, runs: SlotRuns, live: Int, bytes: [UInt8]) {
        self.layout = layout
        self.centre = centre
        self.runs = runs
        self.live = live
        self.bytes = bytes
    }

    var isFull: Bool { runs.count == CodeLayout.capacity }

    /// Adds a vector in the next slot. The block is not full, and `id` larger than all in it.
    /// - Parameter vector: layout.dimension floats.
    mutating func append(_ id: Int64, _ vector: UnsafePointer<Float>, _ centre: CodeCentre) {
        let slot = runs.count
        runs.append(id)
        live += 1
        bytes.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            centre.encode(
                vector, group: start + layout.groupOffset(ofSlot: slot), lane: slot % Int(CODES_GROUP),
                along: start + layout.alongOffset(ofSlot: slot), scale: start + layout.scaleOffset(ofSlot: slot))
        }
    }

    /// Marks the chunks of `ids` as gone: their slots stay, and are never found again.
    mutating func remove(_ ids: ClosedRange<Int64>) {
        let never = UInt16(CODES_NEVER).littleEndian
        runs.forEachSlot(of: ids) { slot in
            bytes.withUnsafeMutableBytes { bytes in
                let offset = layout.alongOffset(ofSlot: slot)
                guard bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self) != never else { return }
                bytes.storeBytes(of: never, toByteOffset: offset, as: UInt16.self)
                live -= 1
            }
        }
    }

    /// The chunks that are still there, as ranges of ids.
    var liveIDs: [ClosedRange<Int64>] {
        if live == runs.count { return runs.ranges }
        var ranges: [ClosedRange<Int64>] = []
        for slot in 0..<runs.count {
            let along = bytes.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: layout.alongOffset(ofSlot: slot), as: UInt16.self)
            }
            if along == UInt16(CODES_NEVER).littleEndian { continue }
            let id = runs.id(ofSlot: slot)
            if let last = ranges.last, last.upperBound + 1 == id {
                ranges[ranges.count - 1] = last.lowerBound...id
            } else {
                ranges.append(id...id)
            }
        }
        return ranges
    }
}

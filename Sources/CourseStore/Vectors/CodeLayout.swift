import CKernels

/// Where what stands in a block of codes: the codes, group by group, then a factor of each (`along`), then another
/// (`scale`), each for all `capacity` slots, used or not.
///
/// The bytes are those of a little-endian machine, as are the vectors themselves.
struct CodeLayout: Sendable, Equatable {
    /// Slots of a block: enough that the rows of a large course are few, few enough that one which changes is written
    /// anew in no time.
    static let capacity = 1_024

    let dimension: Int

    /// Nil for vectors that codes cannot be made of; they are scanned as they are.
    init?(dimension: Int) {
        guard (1...Int(CODES_MAX_DIMENSION)).contains(dimension) else { return nil }
        self.dimension = dimension
    }

    private var groupBytes: Int { (dimension + 7) / 8 * Int(CODES_GROUP) }
    private var factorBytes: Int { Self.capacity * MemoryLayout<UInt16>.size }

    var alongOffset: Int { Self.capacity / Int(CODES_GROUP) * groupBytes }
    var scaleOffset: Int { alongOffset + factorBytes }
    var byteCount: Int { scaleOffset + factorBytes }

    func groupOffset(ofSlot slot: Int) -> Int { slot / Int(CODES_GROUP) * groupBytes }
    func alongOffset(ofSlot slot: Int) -> Int { alongOffset + slot * MemoryLayout<UInt16>.size }
    func scaleOffset(ofSlot slot: Int) -> Int { scaleOffset + slot * MemoryLayout<UInt16>.size }
}

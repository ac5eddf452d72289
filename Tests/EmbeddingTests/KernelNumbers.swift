@testable import Embedding

/// What the tests of kernels need: numbers, and the levels' own form of them.
enum KernelNumbers {
    /// Numbers in -1...1, the same at each run. bfloat16 holds them exactly, so that all levels compute with the same.
    struct Source {
        private var state: UInt64

        init(seed: Int) { state = UInt64(seed) &+ 1 }

        mutating func next(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return KernelNumbers.rounded(Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max))
            }
        }
    }

    /// To the nearest bfloat16, ties to even.
    static func rounded(_ value: Float) -> Float {
        guard value.isFinite else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }
}

extension KernelLevel {
    /// Those that can be tested here: what the processor has, and AMX's loops in any case.
    static let tested = available + [.emulated]

    var hasFloats: Bool { numberBytes == MemoryLayout<Float>.stride }

    /// Relative, of one of the level's own numbers.
    var precision: Float { hasFloats ? 0 : 1 / 256 }

    /// Rows of `width` in the level's own numbers, zero in the room beyond, after `lead` others; as bytes.
    func encoded(_ rows: [Float], width: Int, lead: Int = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: lead * numberBytes)
        for start in stride(from: 0, to: rows.count, by: width) {
            for value in rows[start..<start + width] { bytes += encoded(value) }
            bytes += [UInt8](repeating: 0, count: (row(width) - width) * numberBytes)
        }
        return bytes
    }

    /// The first `width` numbers of each row.
    func decoded(_ bytes: [UInt8], width: Int, lead: Int = 0) -> [Float] {
        let numbers = bytes.dropFirst(lead * numberBytes)
        return stride(from: numbers.startIndex, to: numbers.endIndex, by: row(width) * numberBytes).flatMap { start in
            (0..<width).map { decoded(numbers[(start + $0 * numberBytes)...].prefix(numberBytes)) }
        }
    }

    private func encoded(_ value: Float) -> [UInt8] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { hasFloats ? Array($0) : Array($0[2...]) }
    }

    private func decoded(_ bytes: ArraySlice<UInt8>) -> Float {
        let bits = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Float(bitPattern: hasFloats ? bits : bits << 16)
    }
}

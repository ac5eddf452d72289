/// How long answers took, counted in slots that are a sixteenth wide at most, so that days can be added up and their
/// percentiles told with an error of 3 %.
package struct AnswerTimes: Sendable, Equatable {
    /// The bits of a time that tell its slot.
    private static let precision = 5

    /// By the slot's least time, in milliseconds.
    package private(set) var counts: [Int64: Int] = [:]

    package init() {}

    package var total: Int { counts.values.reduce(0, +) }

    /// The least time of the slot that a time falls into; both in milliseconds, never below 0.
    package static func slot(of milliseconds: Int64) -> Int64 {
        let time = max(0, milliseconds)
        let spare = max(0, Int64.bitWidth - time.leadingZeroBitCount - precision)
        return (time >> spare) << spare
    }

    package mutating func add(slot: Int64, count: Int) { counts[slot, default: 0] += count }

    package mutating func add(_ other: AnswerTimes) { counts.merge(other.counts, uniquingKeysWith: +) }

    /// The time in seconds that a share of the answers did not exceed (nearest rank), told by the middle of its slot; nil
    /// without answers.
    /// - Parameter share: from 0 to 1.
    package func seconds(at share: Double) -> Double? {
        let rank = max(1, Int((share * Double(total)).rounded(.up)))
        var passed = 0
        for slot in counts.keys.sorted() {
            passed += counts[slot] ?? 0
            guard passed >= rank else { continue }
            let width = max(1, Int64(1) << max(0, Int64.bitWidth - slot.leadingZeroBitCount - Self.precision))
            return (Double(slot) + Double(width - 1) / 2) / 1000
        }
        return nil
    }
}

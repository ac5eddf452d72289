import CKernels
import Glibc

/// The instruction set that the scan of codes uses.
enum CodeLevel: Int32, Sendable, CaseIterable {
    case plain = 0
    case neon = 1
    case avx2 = 2
    case avx512 = 3

    /// Those that this processor has.
    static var available: [CodeLevel] { allCases.filter { codes_has_level($0.rawValue) != 0 } }

    /// What searches use: the best, or the one that GEPETO_SCAN names, a switch for tests and measurements.
    static let used = named(getenv("GEPETO_SCAN").map { String(cString: $0) })

    /// The level of that name (`plain`, `neon`, `avx2`, `avx512`), the best when there is no such or the processor lacks it.
    static func named(_ name: String?) -> CodeLevel {
        available.first { "\($0)" == name } ?? CodeLevel(rawValue: codes_best_level()) ?? .plain
    }
}

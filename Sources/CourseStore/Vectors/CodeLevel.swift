import CKernels
import Glibc

/// The instruction set that the scan of codes uses, named as the embedder names its own.
enum CodeLevel: Int32, Sendable, CaseIterable {
    case portable = 0
    case neon = 1
    case avx2 = 2
    case avx512 = 3

    /// Those that this processor has.
    static var available: [CodeLevel] { allCases.filter { codes_has_level($0.rawValue) != 0 } }

    /// What searches use: the level in GEPETO_KERNELS, a switch for tests and measurements, else the best. Found once.
    static let used = named(getenv("GEPETO_KERNELS").map { String(cString: $0) })

    /// The level of that name; the best when there is no such or the processor lacks it.
    static func named(_ name: String?) -> CodeLevel {
        available.first { "\($0)" == name } ?? CodeLevel(rawValue: codes_best_level()) ?? .portable
    }
}

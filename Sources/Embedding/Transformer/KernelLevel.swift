import CKernels

/// The instruction set that the encoder's loops use.
package enum KernelLevel: Int32, Sendable, CaseIterable {
    case portable = 0
    case avx2 = 1
    case avx512 = 2

    /// The best that this processor has.
    package static var best: KernelLevel { KernelLevel(rawValue: kernels_best_level()) ?? .portable }

    /// Those that this processor has.
    package static var available: [KernelLevel] { allCases.filter { $0.rawValue <= best.rawValue } }
}

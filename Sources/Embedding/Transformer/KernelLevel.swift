import CKernels
import Glibc

/// The instruction set that the encoder's loops use.
package enum KernelLevel: Int32, Sendable, CaseIterable {
    /// AMX's loops over tiles in plain C: for tests, a hundred times slower than any other.
    case emulated = -1
    case portable = 0
    case avx2 = 1
    case avx512 = 2
    /// Products of bfloat16 by AVX512_BF16.
    case bf16 = 3
    /// Products of bfloat16 by AMX.
    case amx = 4

    /// The environment variable that names a level to use instead of the best.
    package static let variable = "GEPETO_KERNELS"

    /// What the encoder uses unless told otherwise: the level in `GEPETO_KERNELS` when this processor has it, else the
    /// fastest. Found once.
    package static let best: KernelLevel = {
        let wanted = getenv(variable).map { String(cString: $0) }
        return available.first { "\($0)" == wanted } ?? KernelLevel(rawValue: kernels_best_level()) ?? .portable
    }()

    /// Those that this processor has, the emulation left out.
    package static var available: [KernelLevel] {
        allCases.filter { $0 != .emulated && kernels_has_level($0.rawValue) != 0 }
    }

    /// Bytes of one of the level's own numbers: a float, or a bfloat16.
    var numberBytes: Int { Int(kernels_number_bytes(rawValue)) }

    /// How many of its own numbers a row of `width` has room for.
    func row(_ width: Int) -> Int { kernels_row(rawValue, width) }
}

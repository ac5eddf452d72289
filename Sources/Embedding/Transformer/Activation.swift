import CKernels

/// What stands between the two products of a layer.
enum Activation: Sendable {
    /// By the error function.
    case gelu
    /// By tanh, which differs in the fourth digit.
    case geluTanh

    /// Nil for what is computed by none.
    /// - Parameter name: as in config.json.
    init?(name: String) {
        switch name {
        case "gelu", "gelu_python": self = .gelu
        case "gelu_new", "gelu_fast", "gelu_pytorch_tanh": self = .geluTanh
        default: return nil
        }
    }

    var kernel: Int32 { Int32(self == .gelu ? KERNELS_GELU : KERNELS_GELU_TANH) }
}

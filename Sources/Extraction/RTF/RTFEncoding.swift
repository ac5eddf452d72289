/// What the bytes of a run of RTF stand for.
enum RTFEncoding: Equatable {
    case single(SingleByteEncoding)
    /// The font Symbol or Wingdings: of their signs only the bullets matter.
    case symbol
    /// An encoding that this program has no table of; its bytes beyond ASCII are counted as damage.
    case unknown

    static let windows1252 = RTFEncoding.single(.windows1252)

    /// - Returns: nil when the number says nothing.
    init?(codePage: Int) {
        switch codePage {
        case 1252, 28591, 0: self = .windows1252
        case 1250: self = .single(.windows1250)
        case 1251: self = .single(.windows1251)
        case 1253: self = .single(.windows1253)
        case 1254, 28599: self = .single(.windows1254)
        case 28605: self = .single(.latin9)
        case 437, 850, 858: self = .single(.dos850)
        case 10000: self = .single(.macRoman)
        case 42: self = .symbol
        // Files of one language only, written with `\u` throughout, name any of these.
        case 1, 65001: return nil
        default: self = .unknown
        }
    }

    /// By a font's `\fcharset`; nil for the document's own.
    init?(fontCharset: Int) {
        switch fontCharset {
        case 0: self = .windows1252
        case 1: return nil
        case 2: self = .symbol
        case 77: self = .single(.macRoman)
        case 161: self = .single(.windows1253)
        case 162: self = .single(.windows1254)
        case 204: self = .single(.windows1251)
        case 238: self = .single(.windows1250)
        case 254, 255: self = .single(.dos850)
        default: self = .unknown
        }
    }

    func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        switch self {
        case .single(let encoding): encoding.scalarValue(byte).flatMap(Unicode.Scalar.init)
        case .symbol: byte < 0x20 ? nil : byte >= 0xa0 || byte < 0x30 ? "•" : Unicode.Scalar(byte)
        case .unknown: byte < 0x80 ? Unicode.Scalar(byte) : nil
        }
    }
}

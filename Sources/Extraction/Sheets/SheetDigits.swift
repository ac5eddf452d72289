/// One section of a number format, ready to be filled with digits.
struct SheetDigits {
    private let pieces: [SheetFormatCode.Piece]
    private let pointAt: Int?
    /// Digits behind the point, and how many of them are shown though they are zero.
    private let decimals: Int
    private let fixedDecimals: Int
    /// What the number is multiplied by: percents, and commas at the end that leave out thousands.
    private let scale: Double

    init(_ pieces: [SheetFormatCode.Piece]) {
        self.pieces = pieces
        pointAt = pieces.firstIndex(of: .point)
        let exponentAt = pieces.firstIndex(of: .exponent) ?? pieces.count
        let fraction = pointAt.map { pieces[min($0, exponentAt)..<exponentAt] } ?? []
        decimals = min(fraction.filter(\.isDigit).count, SheetNumber.precision * 2)
        fixedDecimals =
            (fraction.lastIndex(of: .digit(UInt8(ascii: "0"))).map { fraction[...$0] } ?? [])
            .filter(\.isDigit).count
        let lastDigit = pieces[..<(pointAt ?? pieces.count)].lastIndex(where: \.isDigit) ?? pieces.startIndex
        let thousands = pieces[lastDigit...].dropFirst().prefix { $0 == .comma }.count
        var scale = 1.0
        for _ in 0..<min(thousands, 5) { scale /= 1_000 }
        for _ in pieces.filter({ $0 == .percent }).prefix(3) { scale *= 100 }
        self.scale = scale
    }

    /// - Parameter value: not negative.
    func text(_ value: Double) -> String {
        guard let number = SheetNumber(value * scale) else { return "" }
        guard pieces.contains(where: \.isDigit) else { return literals }
        if pieces.contains(.exponent) { return number.scientific(decimals: decimals) }
        var (whole, fraction) = number.rounded(decimals: decimals)
        while fraction.count > fixedDecimals, fraction.last == 0x30 { fraction.removeLast() }
        return filled(&whole, fraction)
    }

    private var literals: String {
        pieces.map { if case .literal(let text) = $0 { text } else { $0 == .percent ? "%" : "" } }.joined()
    }

    /// Puts the digits where the format has places for them, from the right; what is more stands before the first place.
    private func filled(_ whole: inout [UInt8], _ fraction: [UInt8]) -> String {
        let firstDigit = pieces.firstIndex(where: \.isDigit)
        var before: [String] = []
        for (index, piece) in pieces[..<(pointAt ?? pieces.count)].enumerated().reversed() {
            switch piece {
            case .digit(let kind):
                if let digit = whole.popLast() {
                    before.append(String(decoding: [digit], as: UTF8.self))
                } else if kind == UInt8(ascii: "0") {
                    before.append("0")
                }
                if index == firstDigit, !whole.isEmpty { before.append(String(decoding: whole, as: UTF8.self)) }
            case .literal(let text): before.append(text)
            case .percent: before.append("%")
            case .slash: before.append("/")
            default: continue
            }
        }
        var text = before.reversed().joined()
        guard let pointAt else { return text }
        // `.00` has no place before the point.
        if firstDigit.map({ $0 > pointAt }) ?? true { text += String(decoding: whole, as: UTF8.self) }
        if !fraction.isEmpty { text += "." + String(decoding: fraction, as: UTF8.self) }
        for piece in pieces[pointAt...] {
            if case .literal(let more) = piece { text += more }
            if piece == .percent { text += "%" }
        }
        return text
    }
}

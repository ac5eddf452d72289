/// A small drawing of a page in shades of grey: tells whether white text stands on something dark.
struct PDFDrawing {
    /// Pixels of the longer side: a line of ordinary text is eight high.
    static let longSide = 600
    /// White letters show on a ground below this shade (of 255).
    private static let light: UInt8 = 216
    /// From this share of light pixels on, a place shows nothing but its ground.
    private static let blankShare = 0.9

    private let width: Int
    private let height: Int
    private let pixels: ArraySlice<UInt8>

    /// - Parameter picture: a PGM file: `P5`, width and height, the brightest shade, each on a line; then a byte a pixel.
    init?(_ picture: [UInt8]) {
        let lineEnds = picture.indices.lazy.filter { picture[$0] == 0x0a }.prefix(3)
        guard let head = Array(lineEnds).last, picture.starts(with: Array("P5".utf8)) else { return nil }
        let numbers = String(decoding: picture[2..<head], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            .compactMap { Int($0) }
        guard numbers.count == 3, 1...100_000 ~= numbers[0], 1...100_000 ~= numbers[1], numbers[2] == 255,
            picture.count - head - 1 >= numbers[0] * numbers[1]
        else { return nil }
        (width, height) = (numbers[0], numbers[1])
        pixels = picture[(head + 1)...]
    }

    /// Whether nothing dark is drawn where `box` is, on a page of `pageWidth` x `pageHeight` points (either may come first
    /// where the page is turned); nil outside the drawing.
    func isBlank(_ box: PDFBox, pageWidth: Float, pageHeight: Float) -> Bool? {
        let scale = Float(max(width, height)) / max(pageWidth, pageHeight)
        guard let columns = Self.range(box.left, box.right, scale, limit: width),
            let rows = Self.range(box.top, box.bottom, scale, limit: height)
        else { return nil }
        var lights = 0
        for row in rows {
            let start = pixels.startIndex + row * width
            for pixel in pixels[(start + columns.lowerBound)...(start + columns.upperBound)] where pixel >= Self.light {
                lights += 1
            }
        }
        return Double(lights) >= Self.blankShare * Double(rows.count * columns.count)
    }

    private static func range(_ low: Float, _ high: Float, _ scale: Float, limit: Int) -> ClosedRange<Int>? {
        guard let first = Int(exactly: (low * scale).rounded(.down)),
            let last = Int(exactly: (high * scale).rounded(.down)), last >= 0, first < limit, first <= last
        else { return nil }
        return max(first, 0)...min(last, limit - 1)
    }
}

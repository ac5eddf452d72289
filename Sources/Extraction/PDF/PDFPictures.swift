/// The pictures on pages, by what `pdfimages -list` says of them without decoding any.
struct PDFPictures {
    struct Picture: Equatable {
        let page: Int
        let width: Int
        let height: Int
        /// Square points that it covers.
        let area: Float

        var pixels: Int { width.multipliedReportingOverflow(by: height).overflow ? .max : width * height }
    }

    /// A scan may be set together from strips; this much of the page makes it one.
    private static let scanShare: Float = 0.6

    private(set) var pictures: [Int: [Picture]] = [:]

    /// The columns are `page num type width height … x-ppi y-ppi size ratio`; a picture within the page's own content has
    /// one column less in between.
    init(_ output: [UInt8]) {
        for line in output.split(separator: 0x0a).dropFirst(2).prefix(100_000) {
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard fields.count >= 12, let page = Int(fields[0]), let width = Int(fields[3]),
                let height = Int(fields[4]),
                let x = Float(fields[fields.count - 4]), let y = Float(fields[fields.count - 3]), x > 0, y > 0,
                ["image", "stencil", "mask"].contains(fields[2])
            else { continue }
            pictures[page, default: []].append(
                Picture(
                    page: page, width: width, height: height,
                    area: Float(width) / x * 72 * Float(height) / y * 72))
        }
    }

    /// Dots an inch of the page's finest large picture, at most 300, which is what tesseract's models were made for; no
    /// fewer than 200, which small letters need.
    func resolution(_ page: LayoutPage) -> Int {
        let large = pictures[page.number, default: []].filter { $0.area * 4 > page.width * page.height }
        let finest = large.map { (Float($0.pixels) / $0.area).squareRoot() * 72 }.max() ?? 300
        return Int(min(max(finest, 200), 300))
    }

    func isScan(_ page: PDFPage) -> Bool {
        let area = pictures[page.number, default: []].reduce(0) { $0 + $1.area }
        return area >= Self.scanShare * page.width * page.height
    }

    /// Whether a picture of the page is too large to be decoded.
    func isTooLarge(_ page: Int, limit: Int) -> Bool { pictures[page, default: []].contains { $0.pixels > limit } }
}

/// What `pdfinfo -box` says of a file.
struct PDFInformation: Equatable {
    /// The most pages of one file; also guards against a page count that the file only claims.
    static let pageLimit = 20_000

    var pageCount: Int?
    var title: String?
    /// For pages that show only a part of themselves: that part, as a reader sees it.
    private(set) var cropBoxes: [Int: PDFBox] = [:]

    private var rotations: [Int: Int] = [:]
    private var mediaBoxes: [Int: PDFBox] = [:]

    init() {}

    init(_ output: [UInt8]) {
        for line in output.split(separator: 0x0a) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let key = TextCleaner.collapsingWhiteSpace(String(decoding: line[..<colon], as: UTF8.self))
            let value = TextCleaner.collapsingWhiteSpace(
                String(decoding: line[line.index(after: colon)...], as: UTF8.self))
            switch key {
            case "Pages": pageCount = Int(value)
            case "Title": title = value
            default: if key.hasPrefix("Page ") { addPage(key.split(separator: " "), value) }
            }
        }
        mediaBoxes = [:]
    }

    /// `Page 2 rot: 90`, `Page 2 MediaBox: 0.00 0.00 612.00 792.00`.
    private mutating func addPage(_ key: [Substring], _ value: String) {
        guard key.count == 3, let page = Int(key[1]) else { return }
        switch key[2] {
        case "rot": rotations[page] = Int(value)
        case "MediaBox": mediaBoxes[page] = Self.box(value)
        case "CropBox":
            guard let media = mediaBoxes[page], let crop = Self.box(value) else { return }
            // A box without area is a mistake, not a wish to show nothing.
            if crop != media, crop.width > 1, crop.height > 1 {
                cropBoxes[page] = Self.upright(crop, in: media, rotation: rotations[page] ?? 0)
            }
        default: break
        }
    }

    private static func box(_ value: String) -> PDFBox? {
        let numbers = value.split(separator: " ").compactMap { Float($0) }
        guard numbers.count == 4, numbers.allSatisfy({ abs($0) < 1_000_000 }) else { return nil }
        return PDFBox(
            left: min(numbers[0], numbers[2]), top: min(numbers[1], numbers[3]), right: max(numbers[0], numbers[2]),
            bottom: max(numbers[1], numbers[3]))
    }

    /// From PDF's coordinates (upwards from the lower left corner, before the page is turned) to a reader's.
    private static func upright(_ crop: PDFBox, in media: PDFBox, rotation: Int) -> PDFBox {
        let (left, right) = (crop.left - media.left, crop.right - media.left)
        let (low, high) = (crop.top - media.top, crop.bottom - media.top)
        switch ((rotation % 360) + 360) % 360 {
        case 90: return PDFBox(left: low, top: left, right: high, bottom: right)
        case 180: return PDFBox(left: media.width - right, top: low, right: media.width - left, bottom: high)
        case 270:
            return PDFBox(
                left: media.height - high, top: media.width - right, right: media.height - low,
                bottom: media.width - left)
        default: return PDFBox(left: left, top: media.height - high, right: right, bottom: media.height - low)
        }
    }

    /// The title field, unless it is what a program put there by itself.
    var usableTitle: String? {
        guard let title, title.utf8.count >= 3 else { return nil }
        let small = title.lowercased()
        let byPrograms = ["untitled", "sem título", "document", "documento", "(anonymous)", "title", "slide 1"]
        guard !byPrograms.contains(small), !small.hasPrefix("microsoft "), !small.hasPrefix("document1"),
            small.contains(where: \.isLetter)
        else { return nil }
        let endings = [
            ".doc", ".docx", ".ppt", ".pptx", ".odt", ".tex", ".dvi", ".jpg", ".png", ".pdf", ".indd", ".qxd",
        ]
        return endings.contains { small.hasSuffix($0) } ? nil : title
    }
}

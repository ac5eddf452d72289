import Glibc
import Support

/// Pages without text: which are blank, and what text recognition reads on the others.
struct PDFScans {
    /// A picture of more pixels is not decoded: it may be made to do harm.
    private static let pixelLimit = 100_000_000
    /// Dots an inch of the drawing that tells whether a page is blank.
    private static let glance = 20

    private(set) var blank: [Int] = []
    /// Pages that show something which is not read.
    private(set) var unread: [Int] = []
    private(set) var tooLarge: [Int] = []
    /// Pages on which recognition failed or took too long.
    private(set) var failed: [Int] = []
    private(set) var recognised: [LayoutPage] = []
    /// Whether a program to read them is there.
    private(set) var isAvailable = false

    /// - Parameters:
    ///   - pages: those without text, ascending.
    ///   - progress: called with the pages done and the pages to be recognised.
    static func read(
        _ pages: [LayoutPage], path: String, tools: PDFTools, progress: (_ done: Int, _ all: Int) -> Void
    ) -> PDFScans {
        var scans = PDFScans()
        var seen: [LayoutPage] = []
        let pictures = scans.pictures(pages.map(\.number), path: path, tools: tools)
        for page in pages.prefix(TextRecognition.pageLimit) {
            if pictures.isTooLarge(page.number, limit: pixelLimit) {
                scans.tooLarge.append(page.number)
            } else if isBlank(page.number, path: path, tools: tools) {
                scans.blank.append(page.number)
            } else {
                seen.append(page)
            }
        }
        scans.unread = pages.dropFirst(TextRecognition.pageLimit).map(\.number)
        guard !seen.isEmpty else { return scans }
        guard let recognition = tools.recognition, case let models = recognition.models(tools),
            !models.languages.isEmpty
        else {
            scans.unread = (scans.unread + seen.map(\.number)).sorted()
            return scans
        }
        scans.isAvailable = true
        // What the extractor has beside that: reading text takes at most half of it.
        let end = SystemTime().elapsed + TextRecognition.timePerPage * seen.count + .seconds(40)
        for (index, page) in seen.enumerated() {
            progress(index, seen.count)
            scans.recognise(
                page, recognition, models, resolution: pictures.resolution(page), path: path, tools: tools,
                within: end - SystemTime().elapsed)
        }
        progress(seen.count, seen.count)
        return scans
    }

    private mutating func recognise(
        _ page: LayoutPage, _ recognition: TextRecognition, _ models: TextRecognition.Models, resolution: Int,
        path: String,
        tools: PDFTools, within timeLeft: Duration
    ) {
        guard timeLeft > .seconds(1) else { return failed.append(page.number) }
        let longSide = max(page.width, page.height)
        guard
            let paragraphs = try? recognition.paragraphs(
                of: path, page: page.number, longSide: longSide > 0 ? longSide : 842, resolution: resolution,
                models: models, tools: tools,
                within: timeLeft)
        else { return failed.append(page.number) }
        if paragraphs.isEmpty {
            unread.append(page.number)
        } else {
            recognised.append(.plain(number: page.number, blocks: paragraphs))
        }
    }

    /// The list for a range that holds `pages`; in pieces, as it may be long.
    private func pictures(_ pages: [Int], path: String, tools: PDFTools) -> PDFPictures {
        guard let first = pages.first, let last = pages.prefix(TextRecognition.pageLimit).last else {
            return PDFPictures([])
        }
        return PDFPictures((try? tools.pictures(of: path, pages: first...last)) ?? [])
    }

    /// Whether a small drawing of the page is of one shade. A page that cannot be drawn has nothing to read.
    private static func isBlank(_ page: Int, path: String, tools: PDFTools) -> Bool {
        let file = "\(Scratch.folder)/glance-\(RandomIdentifier.make())"
        defer { unlink(file + ".pgm") }
        guard (try? tools.draw(path, page: page, resolution: glance, longSide: 300, into: file)) ?? false,
            let bytes = try? FileReading.bytes(of: file + ".pgm", limit: 1_000_000)
        else { return true }
        return isOneShade(bytes)
    }

    /// A PGM file: three lines of head, then a byte a pixel. A few specks are no text.
    static func isOneShade(_ picture: [UInt8]) -> Bool {
        let lineEnds = picture.indices.lazy.filter { picture[$0] == 0x0a }
        guard let head = lineEnds.dropFirst(2).first else { return true }
        let pixels = picture[(head + 1)...]
        var counts = [Int](repeating: 0, count: 256)
        for pixel in pixels { counts[Int(pixel)] += 1 }
        guard let usual = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return true }
        let others = counts.indices.reduce(0) { $0 + (abs($1 - usual) > 40 ? counts[$1] : 0) }
        return others < 4
    }
}

import Glibc
import Support

/// Reads the text of a page's picture with tesseract (OCR).
package struct TextRecognition: Sendable {
    /// The most pages of one document.
    static let pageLimit = 500
    /// The longer side of a page is drawn with at most this many pixels: under 20 million for any shape of paper.
    private static let longestSide = 4_400
    /// Words that tesseract itself hardly believes in are specks and lines.
    private static let leastConfidence: Float = 30

    /// For each page on average; the extractor is given as much more time.
    static let timePerPage: Duration = .seconds(20)
    /// For one page.
    var timeLimit: Duration = .seconds(45)
    /// In the order in which the models are asked.
    var languages = ["por", "eng"]

    /// nil when `GEPETO_OCR` is `off`.
    package static var standard: TextRecognition? {
        if let value = getenv("GEPETO_OCR"), String(cString: value) == "off" { return nil }
        return TextRecognition()
    }

    /// tesseract's models that are installed: those wanted, else all but the one for orientation; empty without tesseract.
    struct Models: Equatable {
        var languages: [String] = []
        var tellsOrientation = false
    }

    func models(_ tools: PDFTools) -> Models {
        guard let outcome = try? tools.run("tesseract", ["--list-langs"], timeLimit: timeLimit) else { return Models() }
        let installed = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").dropFirst().map(
            String.init)
        let wanted = languages.filter { installed.contains($0) }
        let others = installed.filter { $0 != "osd" && $0 != "equ" }.prefix(2)
        return Models(languages: wanted.isEmpty ? Array(others) : wanted, tellsOrientation: installed.contains("osd"))
    }

    /// The paragraphs of a page, each as its lines; empty when there are none.
    /// - Parameters:
    ///   - longSide: the page's longer side in points.
    ///   - resolution: dots an inch to draw it with.
    /// - Throws: `timedOut` and what else ended the tools.
    func paragraphs(
        of path: String, page: Int, longSide: Float, resolution: Int, models: Models, tools: PDFTools,
        within timeLeft: Duration
    ) throws(IngestError) -> [[String]] {
        let file = "\(Scratch.folder)/page-\(RandomIdentifier.make())"
        defer { unlink(file + ".pgm") }
        let isLarge = longSide / 72 * Float(resolution) > Float(Self.longestSide)
        guard
            try tools.draw(
                path, page: page, resolution: resolution, longSide: isLarge ? Self.longestSide : nil, into: file)
        else { return [] }
        let outcome = try tools.run(
            "tesseract",
            [
                file + ".pgm", "-", "-l", models.languages.joined(separator: "+"), "--psm",
                models.tellsOrientation ? "1" : "3", "-c", "tessedit_create_tsv=1",
            ],
            timeLimit: min(timeLimit, timeLeft))
        return Self.paragraphs(outcome.output)
    }

    /// Rows of `level page block paragraph line word left top width height confidence text`; level 5 is a word.
    static func paragraphs(_ output: [UInt8]) -> [[String]] {
        var paragraphs: [[String]] = []
        var place: [Substring] = []
        for row in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let fields = row.split(separator: "\t", maxSplits: 11, omittingEmptySubsequences: false)
            guard fields.count == 12, fields[0] == "5", let confidence = Float(fields[10]),
                confidence >= leastConfidence, case let word = TextCleaner.collapsingWhiteSpace(String(fields[11])),
                !word.isEmpty
            else { continue }
            let here = Array(fields[2...4])
            if here == place {
                paragraphs[paragraphs.count - 1][paragraphs[paragraphs.count - 1].count - 1] += " " + word
            } else if here.prefix(2) == place.prefix(2) {
                paragraphs[paragraphs.count - 1].append(word)
            } else {
                paragraphs.append([word])
            }
            place = here
        }
        return paragraphs.filter { $0.contains { $0.contains { $0.isLetter || $0.isNumber } } }
    }
}

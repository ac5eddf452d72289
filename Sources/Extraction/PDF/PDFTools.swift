import Glibc
import Support

/// Poppler's programs (and tesseract), run as children of the extractor and so within its limits.
package struct PDFTools: Sendable {
    /// Fixed, so that what `PATH` says cannot put another program in their place.
    package static let standardFolders = ["/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin"]

    /// Where the programs are looked for.
    var folders = Self.standardFolders
    /// For one run over a range of pages.
    var timeLimit: Duration = .seconds(20)
    /// More text than the builder takes would be refused anyway; a word with its place takes about 50 bytes.
    var outputLimit = 64_000_000
    /// Bytes of address space for the programs that read text; nil for what the extractor itself may have.
    var memoryLimit: Int?
    /// Recognises text in pictures of pages; nil when that is not wanted.
    package var recognition: TextRecognition? = .standard

    package init() {}

    init(folders: [String]) { self.folders = folders }

    /// Page count, title and page boxes; nothing when the file is too damaged to tell.
    func information(of path: String) throws(IngestError) -> PDFInformation {
        let outcome = try run(
            "pdfinfo", ["-enc", "UTF-8", "-box", "-f", "1", "-l", "\(PDFInformation.pageLimit)", path])
        guard outcome.end == .exited(0) else { return PDFInformation() }
        return PDFInformation(outcome.output)
    }

    /// The words of the pages with their places, in reading order: see `PDFLayoutScanner`.
    func layout(of path: String, pages: ClosedRange<Int>) throws(IngestError) -> ChildProcess.Outcome {
        try run("pdftotext", ["-enc", "UTF-8", "-tsv"] + Self.range(pages) + [path, "-"])
    }

    /// Fonts, sizes and colours of the pages' text: see `PDFStyleScanner`.
    /// - Parameter withHidden: also text that is drawn without ink (render mode 3).
    func styles(
        of path: String, pages: ClosedRange<Int>, withHidden: Bool = false
    ) throws(IngestError) -> ChildProcess.Outcome {
        // -nodrm: the permission bits are advice to viewers; a teacher who has the file may read it to a class.
        let options = ["-q", "-xml", "-i", "-stdout", "-nodrm", "-noroundcoord", "-zoom", "\(PDFStyleScanner.zoom)"]
        return try run("pdftohtml", options + (withHidden ? ["-hidden"] : []) + Self.range(pages) + [path])
    }

    /// One line a picture: see `PDFPictures`.
    func pictures(of path: String, pages: ClosedRange<Int>) throws(IngestError) -> [UInt8] {
        try run("pdfimages", ["-list"] + Self.range(pages) + [path]).output
    }

    /// How many files are embedded in the PDF; 0 when that cannot be told.
    func attachmentCount(of path: String) -> Int {
        guard let outcome = try? run("pdfdetach", ["-list", path]),
            let first = String(decoding: outcome.output.prefix(20), as: UTF8.self).split(separator: " ").first
        else { return 0 }
        return Int(first) ?? 0
    }

    /// Draws one page in shades of grey into `file` (`.pgm` is added by the program), upright.
    /// - Parameters:
    ///   - resolution: points an inch.
    ///   - longSide: pixels of the longer side; takes the place of `resolution`.
    func draw(
        _ path: String, page: Int, resolution: Int, longSide: Int? = nil, timeLimit: Duration? = nil, into file: String
    ) throws(IngestError) -> Bool {
        let size = longSide.map { ["-scale-to", "\($0)"] } ?? ["-r", "\(resolution)"]
        let outcome = try run(
            "pdftoppm", ["-q", "-gray", "-singlefile"] + size + Self.range(page...page) + [path, file],
            timeLimit: timeLimit)
        return outcome.end == .exited(0)
    }

    /// A small drawing of a page as a PGM file's bytes; nil when it cannot be drawn.
    /// - Parameter longSide: pixels of the longer side, at most 1000.
    func drawing(of path: String, page: Int, longSide: Int, timeLimit: Duration) -> [UInt8]? {
        let file = "\(Scratch.folder)/glance-\(RandomIdentifier.make())"
        defer { unlink(file + ".pgm") }
        // The resolution does not matter beside the size.
        guard
            (try? draw(path, page: page, resolution: 20, longSide: longSide, timeLimit: timeLimit, into: file)) ?? false
        else { return nil }
        return try? FileReading.bytes(of: file + ".pgm", limit: 1_001_000)
    }

    private static func range(_ pages: ClosedRange<Int>) -> [String] {
        ["-f", "\(pages.lowerBound)", "-l", "\(pages.upperBound)"]
    }

    /// Where the program is, or nil.
    func find(_ name: String) -> String? {
        folders.first { access("\($0)/\(name)", X_OK) == 0 }.map { "\($0)/\(name)" }
    }

    /// - Throws: `missingTool`, `timedOut`, `tooLarge`, `encrypted`; what else went wrong is in the outcome.
    func run(
        _ name: String, _ arguments: [String], timeLimit: Duration? = nil
    ) throws(IngestError) -> ChildProcess.Outcome {
        guard let program = find(name) else { throw .missingTool(name) }
        let limit = timeLimit ?? self.timeLimit
        var child = ChildProcess(
            executable: program, arguments: arguments, timeLimit: limit, outputLimit: outputLimit)
        // In the extractor's group, so that whoever ends the extractor ends it too.
        child.hasOwnGroup = false
        child.memoryLimit = memoryLimit
        let outcome: ChildProcess.Outcome
        do { outcome = try child.runBlocking() } catch { throw .missingTool(name) }
        switch outcome.end {
        case .timedOut: throw .timedOut(after: limit)
        case .signalled(SIGXCPU): throw .timedOut(after: .seconds(ExtractionLimits.standard.cpuSeconds ?? 60))
        case .tooMuchOutput: throw .tooLarge("The text", limit: "\(DocumentBuilder.textLimit / 1_000_000) MB")
        default: break
        }
        if Self.says(outcome, "Incorrect password") { throw .encrypted }
        return outcome
    }

    /// Why a program gave nothing, by how it ended and what it said.
    static func failure(_ outcome: ChildProcess.Outcome) -> IngestError {
        if says(outcome, "memory") || says(outcome, "bad_alloc") || outcome.end == .signalled(SIGKILL) {
            return .outOfMemory
        }
        return .broken("PDF")
    }

    static func says(_ outcome: ChildProcess.Outcome, _ words: String) -> Bool {
        String(decoding: outcome.errors, as: UTF8.self).range(ofASCII: words) != nil
    }
}

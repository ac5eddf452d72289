import Support

/// Reads the pages of a PDF, a range at a time: words with places by pdftotext, their looks by pdftohtml, both at once and
/// one range ahead of this program. Both have little memory at first; what does not fit is read by one tool at a time with
/// all that the extractor may have. What a range cannot give (it takes too long, a tool crashes) is tried page by page.
struct PDFPageSource {
    /// Pages of one run of the tools: a buffer of a few megabytes.
    private static let step = 50
    /// Bytes of address space for a tool beside another: 50 pages of a book take less than 100 MB.
    private static let sharedMemory = 160 << 20
    /// Wall time after which no page is tried a second time.
    private static let patience: Duration = .seconds(60)
    /// From this share of unexplained characters on, a page's text is no text.
    private static let garbageLimit = 0.2
    /// What drawing the pages with white text may take altogether.
    private static let drawingPatience: Duration = .seconds(20)

    let path: String
    let tools: PDFTools
    let information: PDFInformation

    private(set) var pages: [Int: LayoutPage] = [:]
    private(set) var outline: [PDFBookmark] = []
    private(set) var findings: [Int: PDFHiddenText.Finding] = [:]
    /// Scans whose invisible text was taken.
    private(set) var scansWithText: [Int] = []
    /// Pages whose fonts do not say which letters they show.
    private(set) var garbledPages: [Int] = []
    /// Pages that no tool could read to the end.
    private(set) var failedPages: [Int] = []
    private(set) var isDamaged = false
    private(set) var lastFailure: IngestError?

    private var layout: PageLayout?
    private var textSize = 0
    private let start = SystemTime().elapsed
    private var drawingTime = Duration.zero

    init(path: String, tools: PDFTools, information: PDFInformation) {
        (self.path, self.tools, self.information) = (path, tools, information)
    }

    /// The highest page that was read.
    var lastPage: Int { pages.keys.max() ?? 0 }

    /// - Parameter progress: called with the number of pages done.
    mutating func read(progress: (Int) -> Void) throws(IngestError) {
        let count = information.pageCount
        let ranges = count.map { count in
            stride(from: 1, through: count, by: Self.step).map { $0...min($0 + Self.step - 1, count) }
        }
        var waiting = (ranges ?? [1...PDFInformation.pageLimit])[...]
        var ahead = waiting.popFirst().map(begin)
        while let run = ahead {
            let output = end(run)
            // Pages that make trouble are read while nothing else is.
            ahead = output.isComplete ? waiting.popFirst().map(begin) : nil
            try take(output, mayRetry: count != nil)
            ahead = ahead ?? waiting.popFirst().map(begin)
            progress(run.pages.upperBound)
            guard textSize <= DocumentBuilder.textLimit else {
                throw .tooLarge("The text", limit: "\(DocumentBuilder.textLimit / 1_000_000) MB")
            }
        }
    }

    // MARK: Ranges

    private struct Run {
        let pages: ClosedRange<Int>
        let layout: Background<ToolResult>
        let styles: Background<ToolResult>
    }

    private typealias ToolResult = Result<ChildProcess.Outcome, IngestError>

    private struct Output {
        let pages: ClosedRange<Int>
        let layout: ToolResult
        /// Empty when pdftohtml failed: without looks the text is still there.
        let styles: [UInt8]

        var isComplete: Bool { (try? layout.get())?.end == .exited(0) }
    }

    private func begin(_ pages: ClosedRange<Int>) -> Run {
        let path = path
        var tools = tools
        tools.memoryLimit = Self.sharedMemory
        return Run(
            pages: pages,
            layout: Background { [tools] in Self.layout(tools, path, pages) },
            styles: Background { [tools] in Self.styles(tools, path, pages) })
    }

    /// Waits for both tools; what one lacked memory for, it does again by itself.
    private func end(_ run: Run) -> Output {
        var (layout, styles) = (run.layout.wait(), run.styles.wait())
        if layout.map(Self.lacksMemory) ?? true { layout = Self.layout(tools, path, run.pages) }
        if styles.map(Self.lacksMemory) ?? true { styles = Self.styles(tools, path, run.pages) }
        return Output(
            pages: run.pages, layout: layout ?? .failure(.broken("PDF")), styles: (try? styles?.get())?.output ?? [])
    }

    private static func layout(_ tools: PDFTools, _ path: String, _ pages: ClosedRange<Int>) -> ToolResult {
        Result { () throws(IngestError) in try tools.layout(of: path, pages: pages) }
    }

    private static func styles(_ tools: PDFTools, _ path: String, _ pages: ClosedRange<Int>) -> ToolResult {
        Result { () throws(IngestError) in try tools.styles(of: path, pages: pages) }
    }

    /// A failed allocation ends poppler by a message or, unnoticed, by a signal.
    private static func lacksMemory(_ result: ToolResult) -> Bool {
        guard case .success(let outcome) = result else { return false }
        if case .signalled = outcome.end { return true }
        return outcome.end != .exited(0) && PDFTools.failure(outcome) == .outOfMemory
    }

    private mutating func take(_ output: Output, mayRetry: Bool) throws(IngestError) {
        var found: [PDFPage] = []
        var isComplete = false
        switch output.layout {
        case .success(let outcome):
            let scanned = PDFLayoutScanner.pages(outcome.output)
            found = scanned.pages
            failedPages += scanned.overfull
            isComplete = outcome.end == .exited(0)
            isDamaged = isDamaged || PDFTools.says(outcome, "Syntax Error")
            if case .exited = outcome.end {} else if !found.isEmpty { found.removeLast() }
            if !isComplete {
                lastFailure = PDFTools.failure(outcome)
                isDamaged = true
            }
        case .failure(let error):
            guard error.code == .timedOut || error.code == .tooLarge else { throw error }
            lastFailure = error
        }
        try add(found, PDFStyleScanner(output.styles), in: output.pages)
        let missing = output.pages.filter { page in !found.contains { $0.number == page } }
        guard mayRetry, !isComplete, !missing.isEmpty else { return }
        for page in missing {
            guard output.pages.count > 1, SystemTime().elapsed - start < Self.patience else {
                failedPages.append(page)
                continue
            }
            try take(end(begin(page...page)), mayRetry: true)
        }
    }

    // MARK: Pages

    private mutating func add(_ found: [PDFPage], _ styles: PDFStyleScanner, in range: ClosedRange<Int>)
        throws(IngestError)
    {
        if outline.isEmpty { outline = styles.outline }
        var found = found
        var unseen: [Int] = []
        for index in found.indices
        where PDFHiddenText.addStyles(styles.pieces[found[index].number] ?? [], to: &found[index]) {
            unseen.append(found[index].number)
        }
        let all = try hiddenPieces(unseen)
        let layout = self.layout ?? Self.layout(for: found)
        self.layout = layout
        for var page in found {
            let before = page
            let isUnseen = unseen.contains(page.number)
            let finding = PDFHiddenText.remove(
                from: &page, all: isUnseen ? all[page.number] ?? [] : nil,
                crop: information.cropBoxes[page.number], drawing: drawing(of: page))
            if finding.withoutInk * 10 >= before.wordCount * 8, finding.withoutInk > 0,
                try tools.isScan(before, path: path)
            {
                page = before
                scansWithText.append(page.number)
            } else if finding != PDFHiddenText.Finding() {
                findings[page.number] = finding
            }
            if isGarbled(page) {
                garbledPages.append(page.number)
                page.lines = []
            }
            let result = layout.page(page)
            textSize += result.size
            pages[page.number] = result
        }
    }

    /// What a page with white words looks like; nil for any other page, and when that cannot be told in time.
    private mutating func drawing(of page: PDFPage) -> PDFDrawing? {
        guard page.lines.contains(where: { $0.words.contains { $0.style?.isWhite ?? false } }),
            drawingTime < Self.drawingPatience
        else { return nil }
        let start = SystemTime().elapsed
        defer { drawingTime += SystemTime().elapsed - start }
        return tools.drawing(
            of: path, page: page.number, longSide: PDFDrawing.longSide, timeLimit: Self.drawingPatience - drawingTime
        ).flatMap { PDFDrawing($0) }
    }

    /// What is drawn with and without ink on `pages`.
    private func hiddenPieces(_ pages: [Int]) throws(IngestError) -> [Int: [PDFPiece]] {
        guard let first = pages.first, let last = pages.last else { return [:] }
        let output = (try? tools.styles(of: path, pages: first...last, withHidden: true))?.output ?? []
        return PDFStyleScanner(output).pieces
    }

    /// Where most letters are of one width, that says nothing about programs.
    private static func layout(for pages: [PDFPage]) -> PageLayout {
        var (fixed, all) = (0, 0)
        for page in pages {
            for line in page.lines {
                for word in line.words {
                    all += word.text.utf8.count
                    if word.style?.isFixedPitch ?? false { fixed += word.text.utf8.count }
                }
            }
        }
        return PageLayout(fixedPitchIsCode: fixed * 10 < all * 7)
    }

    /// Whether too many characters are such as no font explains: private use, replacement signs.
    private func isGarbled(_ page: PDFPage) -> Bool {
        var (good, bad) = (0, 0)
        for line in page.lines {
            for word in line.words {
                // Plain loops: this looks at every letter of a book.
                for scalar in word.text.unicodeScalars {
                    switch scalar.value {
                    case 0xe000...0xf8ff, 0xfffd, 0xf0000..., 0...0x1f: bad += 1
                    default: good += 1
                    }
                }
            }
        }
        return bad > 0 && Double(bad) >= Self.garbageLimit * Double(good + bad)
    }
}

extension PDFTools {
    /// Whether pictures cover the page.
    func isScan(_ page: PDFPage, path: String) throws(IngestError) -> Bool {
        PDFPictures((try? pictures(of: path, pages: page.number...page.number)) ?? []).isScan(page)
    }
}

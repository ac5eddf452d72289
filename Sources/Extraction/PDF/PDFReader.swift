/// PDF by pages: headings by the outline and the type, paragraphs, lists, tables and programs, in reading order.
///
/// Where the words are comes from pdftotext, what they look like from pdftohtml (`PDFPageSource`); text without ink is left
/// out (`PDFHiddenText`), furniture too (`PageFurniture`), and pages without text are recognised (`PDFScans`).
struct PDFReader {
    static func read(
        path: String, tools: PDFTools, progress: (ExtractionProgress) -> Void = { _ in }
    ) throws(IngestError) -> ExtractedDocument {
        let information = try tools.information(of: path)
        let count = information.pageCount ?? 0
        guard count <= PDFInformation.pageLimit else {
            throw .tooLarge("The PDF", limit: "\(PDFInformation.pageLimit) pages")
        }
        var source = PDFPageSource(path: path, tools: tools, information: information)
        try source.read { done in progress(ExtractionProgress(pagesDone: done, pagesTotal: max(count, done))) }
        let total = max(count, source.lastPage)
        guard total > 0, total <= PDFInformation.pageLimit, !source.pages.isEmpty else {
            throw source.lastFailure ?? .broken("PDF")
        }

        var pages = (1...total).map { source.pages[$0] ?? LayoutPage(number: $0) }
        let unread = Set(source.failedPages)
        let scans = PDFScans.read(
            pages.filter { !$0.hasText && source.pages[$0.number] != nil }, path: path, tools: tools
        ) { done, all in
            progress(ExtractionProgress(pagesDone: total - all + done, pagesTotal: total, pagesToRecognise: all))
        }
        for page in scans.recognised {
            (pages[page.number - 1].blocks) = page.blocks
        }
        let notes = PDFNotes(source: source, scans: scans, pageCount: total)
        guard pages.contains(where: \.hasText) else { throw notes.failure }

        let attachments = tools.attachmentCount(of: path)
        var writer = PDFDocumentWriter(pages, outline: source.outline, title: information.usableTitle)
        try writer.write()
        guard !writer.builder.blocks.isEmpty else { throw notes.failure }
        writer.builder.warnings += notes.warnings(attachments: attachments)
        let empty = pages.filter { !$0.hasText && !unread.contains($0.number) }.map(\.number)
        return writer.builder.finish(
            title: information.usableTitle ?? writer.title, mediaType: "application/pdf", pageCount: total,
            emptyPages: (empty + unread.filter { !pages[$0 - 1].hasText }).sorted(),
            recognisedPages: (scans.recognised.map(\.number) + source.scansWithText).sorted())
    }
}

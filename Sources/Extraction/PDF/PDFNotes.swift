/// What a teacher should know of how a PDF was read, in sentences.
struct PDFNotes {
    let source: PDFPageSource
    let scans: PDFScans
    let pageCount: Int

    func warnings(attachments: Int) -> [String] {
        var warnings: [String] = []
        func say(_ pages: [Int], _ sentence: (_ subject: String, _ isOne: Bool) -> String) {
            guard !pages.isEmpty else { return }
            warnings.append(sentence(PageList.subject(pages), pages.count == 1))
        }
        if source.isDamaged || !source.failedPages.isEmpty {
            warnings.append("The file is damaged; what could be read of it was taken.")
        }
        say(source.failedPages.sorted()) { subject, isOne in
            "\(subject) could not be read to the end. Print \(isOne ? "it" : "them") to a new PDF."
        }
        say(source.garbledPages) { subject, isOne in
            "\(subject) \(isOne ? "has" : "have") fonts that do not say which letters they show."
        }
        say(scans.recognised.map(\.number)) { subject, isOne in
            "\(subject) \(isOne ? "was" : "were") read by OCR; check \(isOne ? "it" : "them") against the original."
        }
        say(source.scansWithText) { subject, isOne in
            "\(subject) \(isOne ? "is a scan" : "are scans"); the text was taken from the invisible layer that an "
                + "earlier OCR left in the file."
        }
        say(scans.unread) { subject, isOne in
            scans.isAvailable
                ? "\(subject) \(isOne ? "shows" : "show") a picture in which OCR found no text."
                : "\(subject) \(isOne ? "is" : "are") scanned; install tesseract-ocr to read \(isOne ? "it" : "them")."
        }
        say(scans.failed.sorted()) { subject, _ in "\(subject) could not be read by OCR in time." }
        say(scans.tooLarge) { subject, isOne in
            "\(subject) \(isOne ? "holds a picture that is" : "hold pictures that are") too large to be read."
        }
        say(scans.blank) { subject, isOne in
            "\(scans.blank.count) of \(pageCount) pages \(scans.blank.count == 1 ? "is" : "are") blank: "
                + "\(PageList.text(scans.blank))."
        }
        say(pages { $0.hidden > 0 }) { subject, isOne in
            "\(subject) \(isOne ? "holds" : "hold") text that no reader sees (without ink, tiny, covered, white on white "
                + "or outside the page); it was left out."
        }
        say(pages { $0.white > 0 && !$0.isMuchWhite }) { subject, isOne in
            "\(subject) \(isOne ? "has" : "have") some white text, which may not be visible; it was kept."
        }
        say(pages(\.isMuchWhite)) { subject, isOne in
            "\(subject) \(isOne ? "has" : "have") much white or very light text, which may not be visible; it was kept."
        }
        say(pages { $0.small > 0 }) { subject, isOne in
            "\(subject) \(isOne ? "has" : "have") text smaller than 2 points, which may not be visible; it was kept."
        }
        if attachments > 0 {
            warnings.append(
                attachments == 1
                    ? "1 file is attached to the PDF and was not read. Load it by itself if it belongs to the course."
                    : "\(attachments) files are attached to the PDF and were not read. Load them by themselves if they "
                        + "belong to the course.")
        }
        return warnings
    }

    private func pages(_ isMeant: (PDFHiddenText.Finding) -> Bool) -> [Int] {
        source.findings.filter { isMeant($0.value) }.map(\.key).sorted()
    }

    /// Why there is no text at all.
    var failure: IngestError {
        if let failure = source.lastFailure, source.failedPages.count == pageCount { return failure }
        if !source.garbledPages.isEmpty, scans.recognised.isEmpty { return .garbledText }
        if !scans.tooLarge.isEmpty { return .picturesTooLarge }
        if scans.unread.isEmpty, !scans.failed.isEmpty { return .recognitionTooSlow }
        if !scans.unread.isEmpty {
            return scans.isAvailable ? .nothingRecognised : .noTextLayer
        }
        return pages { $0.hidden > 0 }.isEmpty ? .blankPages : .onlyHiddenText
    }
}

extension IngestError {
    static let noTextLayer = IngestError(
        .noText, "The PDF has no text layer: it is scanned; install tesseract-ocr to read it.")

    static let nothingRecognised = IngestError(
        .noText,
        "The PDF has no text layer, and OCR found no text in its pictures. Check that it is the right file, or scan it "
            + "again with more contrast.")

    static let recognitionTooSlow = IngestError(
        .timedOut,
        "The PDF is scanned, and OCR did not end in time. Split it, or try again when the machine is less busy.")

    static let blankPages = IngestError(
        .noText, "The PDF has no text: all of its pages are blank. Check that it is the right file.")

    static let onlyHiddenText = IngestError(
        .noText, "All text of the PDF is invisible to its readers and was not taken. Check that it is the right file.")

    static let picturesTooLarge = IngestError(
        .noText, "The PDF has no text layer, and its pictures are too large to be read. Scan it again at 300 dpi.")

    static let garbledText = IngestError(
        .noText,
        "The PDF's text layer is unreadable: its fonts do not say which letters they show. Export it again, or install "
            + "tesseract-ocr to read its pictures.")
}

/// Page numbers for a person: `1-3, 7`, cut after a few.
enum PageList {
    /// `Page 3`, `Pages 3-7, 9`.
    static func subject(_ pages: [Int]) -> String { (pages.count == 1 ? "Page " : "Pages ") + text(pages) }

    static func text(_ pages: [Int]) -> String {
        var parts: [String] = []
        var index = 0
        while index < pages.count, parts.count < 12 {
            var end = index
            while end + 1 < pages.count, pages[end + 1] == pages[end] + 1 { end += 1 }
            parts.append(end == index ? "\(pages[index])" : "\(pages[index])-\(pages[end])")
            index = end + 1
        }
        return parts.joined(separator: ", ") + (index < pages.count ? " and more" : "")
    }
}

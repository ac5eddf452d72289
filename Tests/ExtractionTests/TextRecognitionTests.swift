import Glibc
import TestSupport
import Testing

@testable import Extraction

@Suite struct TextRecognitionTests {
    private static let isInstalled = PDFTools().find("tesseract") != nil

    private func failure(_ name: String) -> IngestError? {
        do { _ = try PDFFixture.awkward(name) } catch { return error as? IngestError }
        return nil
    }

    @Test(arguments: ["loremipsum-flat.pdf", "ocr_test.pdf", "imagemagick-CCITTFaxDecode.pdf"])
    func withoutItAScanIsReportedAsOne(_ name: String) throws {
        let error = try #require(failure(name))
        #expect(error == .noTextLayer)
        #expect(error.description.contains("scanned; install tesseract-ocr to read it"))
    }

    @Test(arguments: ["empty.pdf", "testPDF_jsActionOnPage.pdf"])
    func aBlankPageIsNoScan(_ name: String) { #expect(failure(name) == .blankPages) }

    @Test func aMixedDocumentNamesItsScansAndBlankPages() throws {
        let document = try PDFFixture.made("mixed-scan.pdf")
        #expect(document.emptyPages == [2, 3] && document.recognisedPages.isEmpty)
        #expect(
            document.warnings == [
                "Page 2 is scanned; install tesseract-ocr to read it.", "1 of 4 pages is blank: 3.",
            ])
    }

    @Test(
        .enabled(if: isInstalled, "tesseract is not installed"),
        arguments: [
            ("loremipsum-flat.pdf", "Lorem ipsum dolor sit amet, consectetur adipiscing elit"),
            ("ocr_test.pdf", "PDF document conversion to JSON and Markdown"),
        ])
    func scansAreRead(_ name: String, _ phrase: String) throws {
        let document = try DocumentExtractor.extract(path: DocumentFixture.path(name))
        #expect(TextCleaner.collapsingWhiteSpace(document.text).contains(phrase))
        #expect(document.recognisedPages == [1] && document.emptyPages.isEmpty)
        #expect(document.warnings == ["Page 1 was read by OCR; check it against the original."])
    }

    @Test(.enabled(if: isInstalled, "tesseract is not installed"))
    func onlyPagesWithoutTextAreRecognisedAndThatIsForetold() throws {
        var seen: [ExtractionProgress] = []
        let document = try DocumentExtractor.extract(path: PDFFixture.path("mixed-scan.pdf")) { seen.append($0) }
        #expect(document.recognisedPages == [2] && document.emptyPages == [3])
        #expect(document.page(2).hasPrefix("A ordenação por inserção compara cada elemento"))
        #expect(seen.map(\.pagesToRecognise).max() == 1)
        #expect(seen.last == ExtractionProgress(pagesDone: 4, pagesTotal: 4, pagesToRecognise: 1))
    }

    @Test func pagesThatNobodyHadTimeToLookAtHaveFailed() {
        var tools = PDFTools()
        tools.recognition = nil
        let pages = [LayoutPage(number: 2), LayoutPage(number: 3)]
        func read(_ patience: Duration) -> PDFScans {
            PDFScans.read(pages, path: PDFFixture.path("mixed-scan.pdf"), tools: tools, patience: patience) { _, _ in }
        }
        #expect(read(.zero).failed == [2, 3] && read(.zero).blank.isEmpty)
        #expect(read(.seconds(60)).failed.isEmpty && read(.seconds(60)).blank == [3])
    }

    @Test func whatTesseractHardlyBelievesIsLeftOut() {
        let rows = """
            level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
            5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96.1\tum
            5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t91.5\tgrafo
            5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t90\té
            5\t1\t1\t2\t1\t1\t0\t0\t9\t9\t12\t~|
            5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t80\t|
            5\t1\t3\t1\t1\t1\t0\t0\t9\t9\t80\tfim
            """
        #expect(TextRecognition.paragraphs(Array(rows.utf8)) == [["um grafo", "é"], ["fim"]])
        #expect(TextRecognition.paragraphs([]).isEmpty)
    }

    @Test func onePixelIsNoText() {
        func picture(_ dark: Int) -> [UInt8] {
            Array("P5\n10 10\n255\n".utf8) + [UInt8](repeating: 10, count: dark)
                + [UInt8](repeating: 250, count: 100 - dark)
        }
        #expect(PDFScans.isOneShade(picture(0)) && PDFScans.isOneShade(picture(2)) && !PDFScans.isOneShade(picture(9)))
        #expect(PDFScans.isOneShade([]) && PDFScans.isOneShade(Array("P5\n".utf8)))
    }

    /// A page of 100000 x 100000 pixels is told by the list alone.
    @Test func picturesAreMeasuredWithoutDecodingThem() {
        let list = """
            page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size ratio
            --------------------------------------------------------------------------------------------
               1     0 image  100000 100000  gray    1   1  jbig2  no         8  0   300   300   22B  69%
               2     0 image    1700  2200  icc     3   8  jpeg   no  [inline]   200   200  492K 4.5%
            """
        let pictures = PDFPictures(Array(list.utf8))
        #expect(pictures.isTooLarge(1, limit: 100_000_000) && !pictures.isTooLarge(2, limit: 100_000_000))
        #expect(pictures.isScan(PDFPage(number: 2, width: 612, height: 792)))
        #expect(!pictures.isScan(PDFPage(number: 3, width: 612, height: 792)))
    }

    @Test func aPictureWithoutPixelsHasNoResolution() {
        let list = "-\n-\n1 0 image 0 0 gray 1 1 jbig2 no 8 0 300 300 22B 69%\n"
        let pictures = PDFPictures(Array(list.utf8))
        #expect(pictures.pictures[1]?.count == 1)
        // Of a page without area, any picture is large.
        #expect(pictures.resolution(LayoutPage(number: 1, width: -1, height: 1)) == 300)
    }
}

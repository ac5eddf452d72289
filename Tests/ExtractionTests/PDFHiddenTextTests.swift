import TestSupport
import Testing

@testable import Extraction

@Suite struct PDFHiddenTextTests {
    @Test func textThatNobodySeesIsLeftOutAndSaid() throws {
        let document = try PDFFixture.awkward("invisible_text_layer.pdf")
        #expect(document.text == "Visible heading line")
        #expect(document.warnings.count == 1 && document.warnings[0].hasPrefix("Page 1 holds text that no reader sees"))
    }

    @Test func everyWayOfHiding() throws {
        let document = try PDFFixture.made("hidden.pdf")
        #expect(!document.text.contains("oculta") && !document.text.contains("instrução"))
        #expect(!document.text.contains("resposta branca"), "white on white")
        #expect(document.page(6).contains("Letras brancas sobre fundo escuro"))
        #expect(document.page(8).contains("letra miúda"))
        #expect(
            document.warnings == [
                "Pages 1-5, 7 hold text that no reader sees (without ink, tiny, covered, white on white or outside the "
                    + "page); it was left out.",
                "Page 8 has text smaller than 2 points, which may not be visible; it was kept.",
            ])
    }

    /// Where the page cannot be drawn: two rows of words, of which some are white.
    @Test(arguments: [(1, false), (10, true)])
    func whiteTextOfAPageThatIsNotDrawnIsKeptAndCounted(_ count: Int, _ isMuch: Bool) {
        var page = PDFPage(number: 1, width: 600, height: 800)
        for (row, isWhite) in [false, true].enumerated() {
            let words = (0..<(isWhite ? count : 20)).map { number in
                let left = Float(20 * number)
                return PDFWord(
                    text: "letra",
                    box: PDFBox(left: left, top: Float(40 * row), right: left + 18, bottom: Float(40 * row + 12)),
                    style: PDFStyle(size: 11, isWhite: isWhite))
            }
            page.lines.append(PDFLine(words: words, box: words[0].box, block: row))
        }
        let finding = PDFHiddenText.remove(from: &page, all: nil, crop: nil, drawing: nil)
        #expect(finding == PDFHiddenText.Finding(white: count, isMuchWhite: isMuch))
        #expect(page.wordCount == 20 + count)
    }

    @Test func aDrawingTellsDarkFromBlank() throws {
        // Left half white, right half black.
        let head = Array("P5\n10 4\n255\n".utf8)
        let row = [UInt8](repeating: 255, count: 5) + [UInt8](repeating: 0, count: 5)
        let drawing = try #require(PDFDrawing(head + row + row + row + row))
        func isBlank(_ left: Float, _ right: Float) -> Bool? {
            drawing.isBlank(
                PDFBox(left: left, top: 10, right: right, bottom: 20), pageWidth: 100, pageHeight: 40)
        }
        #expect(isBlank(5, 45) == true && isBlank(55, 95) == false && isBlank(5, 95) == false)
        #expect(isBlank(-20, -15) == nil && isBlank(120, 130) == nil && isBlank(.nan, 10) == nil)
        #expect(PDFDrawing(head + row) == nil && PDFDrawing([]) == nil && PDFDrawing(Array("P5\n\n\n".utf8)) == nil)
    }

    @Test func theTextLayerOfAScanIsTaken() throws {
        let document = try PDFFixture.made("scan-with-layer.pdf")
        #expect(document.text.contains("A ordenação por inserção compara cada elemento com os anteriores"))
        #expect(document.recognisedPages == [1])
        #expect(document.warnings.count == 1 && document.warnings[0].hasPrefix("Page 1 is a scan; the text was taken"))
    }

    @Test func attachmentsAreCounted() throws {
        let warnings = try PDFFixture.awkward("with-attachment.pdf").warnings
        #expect(warnings.contains { $0.hasPrefix("1 file is attached") })
    }

    @Test func damageIsSaidAndGoodPagesStay() throws {
        let document = try PDFFixture.awkward("testPDF_bad_page_303226.pdf")
        #expect(document.pageCount == 19 && document.emptyPages.isEmpty)
        #expect(document.warnings.first == "The file is damaged; what could be read of it was taken.")
    }
}

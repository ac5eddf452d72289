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
        #expect(document.text.contains("resposta branca"), "white text by itself may stand on a dark picture")
        #expect(document.page(6).contains("Letras brancas sobre fundo escuro"))
        #expect(
            document.warnings == [
                "Pages 1-3, 5 hold text that no reader sees (without ink, tiny, covered or outside the page); it was "
                    + "left out.",
                "Page 4 has some white text, which may not be visible; it was kept.",
            ])
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

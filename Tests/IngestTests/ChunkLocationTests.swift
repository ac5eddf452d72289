import Support
import TestSupport
import Testing

@testable import Extraction
@testable import Ingest

/// Every part of a chunk is where the document says it is.
@Suite struct ChunkLocationTests {
    private func chunks(_ document: ExtractedDocument, window: Int = 254) -> [DocumentChunk] {
        Chunker(window: window) { $0.split(whereSeparator: \.isWhitespace).count }.chunks(of: document, title: "T")
    }

    /// Page by page as the document counts them, without a search.
    private func page(_ offset: Int, _ document: ExtractedDocument) -> Int {
        max(document.pageOffsets.filter { $0 <= offset }.count, 1)
    }

    @Test(arguments: ["multi_page.pdf", "abntex2-modelo-livro.pdf", "multicolumn.pdf"])
    func everySentenceHasItsPage(_ file: String) throws {
        let document = try DocumentExtractor.extract(path: Fixture.document(file))
        var across = 0
        for chunk in chunks(document) {
            let pages = try #require(chunk.pages)
            #expect(chunk.locations.isEmpty == (pages.count == 1))
            if pages.count > 1 { across += 1 }
            for sentence in SentenceSplitter.byteRanges(in: chunk.text) where !chunk.locations.isEmpty {
                let found = chunk.locations.covering(sentence).compactMap(\.page)
                #expect(found.first == page(chunk.offset.lowerBound + sentence.lowerBound, document))
                #expect(found.last == page(chunk.offset.lowerBound + sentence.upperBound - 1, document))
            }
        }
        #expect(file == "multicolumn.pdf" || across > 0, "no chunk spans two pages: this says nothing")
    }

    @Test func shortPagesAndRecognisedOnes() throws {
        let made = PagedText(pages: 12, recognised: [6, 9])
        let chunks = chunks(made.document, window: 80)
        #expect((2...6).contains(chunks.count))
        for chunk in chunks {
            for sentence in SentenceSplitter.byteRanges(in: chunk.text) {
                let location = try #require(chunk.locations.covering(sentence).first)
                let page = try #require(location.page)
                #expect(made.pages[page - 1].contains(chunk.text.utf8Substring(sentence)))
                #expect(location.recognised == [6, 9].contains(page))
            }
        }
    }

    @Test func rowsKeepTheirCells() throws {
        let csv = "nome,nota\n" + (2...40).map { "Aluno \($0),\($0)" }.joined(separator: "\n") + "\n"
        let folder = try TemporaryFolder()
        let document = try DocumentExtractor.extract(path: try folder.write("notas.csv", csv))
        #expect(!document.marks.isEmpty)
        var rows = 0
        for chunk in chunks(document, window: 64) {
            for mark in document.marks where chunk.offset.contains(mark.offset) {
                let start = mark.offset - chunk.offset.lowerBound
                let place =
                    chunk.locations.isEmpty ? chunk.place : chunk.locations.covering(start..<(start + 1)).first?.place
                #expect(place == document.place(of: mark.offset..<(mark.offset + 1)))
                rows += 1
            }
        }
        #expect(rows >= 39)
    }
}

/// A document of short pages, two sentences each.
struct PagedText {
    let pages: [String]
    let document: ExtractedDocument

    init(pages count: Int, recognised: [Int]) {
        pages = (1...count).map { "A página \($0) fala do tema\($0). Nela o exemplo\($0) é tratado com calma." }
        var text = ""
        var (offsets, blocks): ([Int], [ExtractedDocument.Block]) = ([], [])
        for page in pages {
            if !text.isEmpty { text += "\n\n" }
            offsets.append(text.utf8.count)
            text += page
            blocks.append(
                .init(kind: .paragraph, range: offsets[offsets.count - 1]..<text.utf8.count, level: 0, headerLength: 0))
        }
        document = ExtractedDocument(
            title: nil, mediaType: "application/pdf", language: "pt", text: text, blocks: blocks, pageCount: count,
            pageOffsets: offsets, emptyPages: [], pageUnit: .page, recognisedPages: recognised, markKind: nil,
            marks: [], warnings: [])
    }
}

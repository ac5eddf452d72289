import CourseStore
import Support
import Testing

@testable import Retrieval

@Suite struct PassageTextTests {
    private func chunk(_ ordinal: Int, _ text: String, at start: Int) -> Chunk {
        Chunk(
            id: Int64(ordinal), documentID: "d", ordinal: ordinal, text: text, section: [], pages: nil,
            offset: start..<(start + text.utf8.count), tokenCount: 1)
    }

    @Test func overlapIsKeptOnce() {
        let first = chunk(0, "olá mundo é grande", at: 0)
        let second = chunk(1, "é grande e redondo", at: first.offset.upperBound - "é grande".utf8.count)
        #expect(PassageText([first, second]).text == "olá mundo é grande e redondo")
    }

    @Test func aGapBecomesAParagraph() {
        #expect(PassageText([chunk(0, "um.", at: 0), chunk(1, "dois.", at: 5)]).text == "um.\n\ndois.")
        #expect(PassageText([]).text == "")
    }

    @Test func offsetsThatTheTextsDoNotConfirmCutNothingWrong() {
        // The offsets claim eight shared bytes; the texts share three.
        let first = chunk(0, "abc def ghi", at: 0)
        let second = chunk(1, "ghi jkl", at: 3)
        #expect(PassageText([first, second]).text == "abc def ghi jkl")
        let foreign = chunk(1, "xyz", at: 3)
        #expect(PassageText([first, foreign]).text == "abc def ghi\n\nxyz")
    }

    @Test func aCharacterIsNeverCut() {
        // "Ã" is c3 83 and "ã" c3 a3: the first byte alone agrees.
        let first = chunk(0, "x\u{c3}", at: 0)
        let second = chunk(1, "\u{e3}o", at: 2)
        #expect(PassageText([first, second]).text == "x\u{c3}\n\n\u{e3}o")
    }

    @Test func partsKeepTheirPagesThroughOverlapsAndGaps() {
        func chunk(_ ordinal: Int, _ text: String, at start: Int, _ locations: [TextLocation]) -> Chunk {
            let pages = locations.compactMap(\.page)
            return Chunk(
                id: Int64(ordinal), documentID: "d", ordinal: ordinal, text: text, section: [],
                pages: pages[0]...pages[pages.count - 1], offset: start..<(start + text.utf8.count), tokenCount: 1,
                locations: locations)
        }
        // "um dois" on page 1, "três" on 2, "quatro" on 3; a gap; "seis" on 5, recognised.
        let passage = PassageText([
            chunk(0, "um dois três", at: 0, [.init(offset: 0, page: 1), .init(offset: 8, page: 2)]),
            chunk(1, "três quatro", at: 8, [.init(offset: 0, page: 2), .init(offset: 6, page: 3)]),
            chunk(2, "seis", at: 25, [.init(offset: 0, page: 5, recognised: true)]),
        ])
        #expect(passage.text == "um dois três quatro\n\nseis")
        #expect(
            passage.locations == [
                .init(offset: 0, page: 1), .init(offset: 8, page: 2), .init(offset: 14, page: 3),
                .init(offset: 22, page: 5, recognised: true),
            ])
        #expect(passage.locations.covering(9..<16).map(\.page) == [2, 3])
        #expect(passage.locations.covering(14..<14).map(\.page) == [3])
        #expect([TextLocation]().covering(0..<4).isEmpty)
    }

    @Test func chunksWithoutLocationsStandOnTheirFirstPage() {
        let chunks = (0...1).map { ordinal in
            Chunk(
                id: Int64(ordinal), documentID: "d", ordinal: ordinal, text: "texto", section: [],
                pages: (ordinal + 4)...(ordinal + 5), offset: (ordinal * 9)..<(ordinal * 9 + 5), tokenCount: 1)
        }
        #expect(PassageText(chunks).locations == [.init(offset: 0, page: 4), .init(offset: 7, page: 5)])
    }
}

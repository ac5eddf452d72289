import CourseStore
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
}

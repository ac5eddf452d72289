import Testing

@testable import ChatService

@Suite struct MarkerFilterTests {
    /// Text in, text out, with three passages offered.
    static let cases: [(String, String)] = [
        ("A stack is LIFO [1].", "A stack is LIFO [1]."),
        ("Two sources [1][3].", "Two sources [1][3]."),
        ("A list [1, 3] and a range [1-3].", "A list [1][3] and a range [1][2][3]."),
        ("Invented [7] here.", "Invented here."),
        ("Half invented [2, 9].", "Half invented [2]."),
        ("At the end [4]", "At the end"),
        ("Attached[2].", "Attached[2]."),
        ("Code x[0] stays.", "Code x[0] stays."),
        ("Inline `v [9] = 1` stays.", "Inline `v [9] = 1` stays."),
        ("```\nprint([9])\n```\nafter [9] it", "```\nprint([9])\n```\nafter it"),
        ("A stray ` tick\nthen [9] goes.", "A stray ` tick\nthen goes."),
        ("A link [text](https://example.org) stays.", "A link [text](https://example.org) stays."),
        ("Brackets [a, b] and [] and [ ] stay.", "Brackets [a, b] and [] and [ ] stay."),
        ("Wide 【2】 marks.", "Wide [2] marks."),
        ("Open [1", "Open [1"),
        ("Nested [[2]] brackets", "Nested [[2]] brackets"),
        ("Huge [99999999999999999999] number", "Huge [99999999999999999999] number"),
        ("Reversed [3-1] range", "Reversed [3-1] range"),
        ("Values [3, 1, 2] and [1, 1, 1] stay", "Values [3, 1, 2] and [1, 1, 1] stay"),
        ("Many invented [11, 12, 13, 14, 15, 16, 17, 18] go", "Many invented go"),
        ("Marked [9]\u{fe0f} too, cafe\u{301}[9] not", "Marked\u{fe0f} too, cafe\u{301}[9] not"),
        ("Brackets [[[1] in a row", "Brackets [[[1] in a row"),
        ("Windows ` line\r\nthen [9] goes.", "Windows ` line\r\nthen goes."),
        ("Blanks    before   x", "Blanks    before   x"),
        ("ação [2] é [8] útil", "ação [2] é útil"),
    ]

    @Test(arguments: cases)
    func oneCase(_ input: String, _ expected: String) {
        var filter = MarkerFilter(passages: 3)
        #expect(filter.feed(input) + filter.finish() == expected)
    }

    @Test(arguments: cases)
    func theSameInSinglePieces(_ input: String, _ expected: String) {
        var filter = MarkerFilter(passages: 3)
        var out = ""
        for scalar in input.unicodeScalars { out += filter.feed(String(scalar)) }
        #expect(out + filter.finish() == expected)
    }

    @Test func markersAreWhereTheyAreSaidToBe() {
        var filter = MarkerFilter(passages: 3)
        let out = filter.feed("São [1], dois [9] e três [2, 3].") + filter.finish()
        let bytes = Array(out.utf8)
        #expect(filter.markers.map(\.number) == [1, 2, 3])
        for marker in filter.markers {
            #expect(bytes[marker.offset] == UInt8(ascii: "["))
            #expect(bytes[marker.offset + 1] == UInt8(ascii: "0") + UInt8(marker.number))
        }
    }

    @Test func whatIsHeldBackIsBounded() {
        var filter = MarkerFilter(passages: 3)
        var shown = 0
        for piece in ["[", " ", "1, "] {
            for _ in 0..<10_000 {
                shown += filter.feed(piece).utf8.count
            }
        }
        #expect(50_000 - shown < 200)
        shown += filter.finish().utf8.count
        #expect(shown == 50_000)
    }

    @Test func withoutPassagesNoMarkerStays() {
        var filter = MarkerFilter(passages: 0)
        #expect(filter.feed("Nothing [1] here [2].") + filter.finish() == "Nothing here.")
        #expect(filter.markers.isEmpty)
    }
}

import Testing

@testable import Extraction

/// Boxes on a slide are read as people read them.
@Suite struct PPTXReadingOrderTests {
    private func box(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> SlideBox? {
        SlideBox(left: left, top: top, width: width, height: height)
    }

    @Test func aRowOfBoxesWhoseTopsDifferByAHairIsReadFromTheLeft() {
        let tops = [2_434_665, 2_457_553, 2_457_554, 2_459_421, 2_434_665]
        let boxes = tops.enumerated().map { box(2_000_000 + $0 * 2_000_000, $1, 1_500_000, 923_330) }
        #expect(SlideReadingOrder.order(boxes.reversed()) == [4, 3, 2, 1, 0])
    }

    @Test func rowsComeBeforeColumnsWhereAStripeIsEmpty() {
        let boxes = [box(600, 500, 300, 100), box(0, 500, 300, 100), box(600, 0, 300, 100), box(0, 0, 300, 100)]
        #expect(SlideReadingOrder.order(boxes) == [3, 2, 1, 0])
    }

    @Test func columnsStayTogetherBesideATallBox() {
        let boxes = [box(500, 0, 400, 900), box(0, 0, 400, 400), box(0, 500, 400, 400)]
        #expect(SlideReadingOrder.order(boxes) == [1, 2, 0])
    }

    @Test func boxesWithoutAPlaceComeFirst() {
        #expect(SlideReadingOrder.order([box(0, 0, 10, 10), nil, box(0, 20, 10, 10), nil]) == [1, 3, 0, 2])
        #expect(SlideReadingOrder.order([]) == [])
    }

    @Test func placesThatNoSlideHasAreNone() {
        #expect(box(.max, 0, 1, 1) == nil)
        #expect(box(.min, 0, 1, 1) == nil)
        #expect(box(0, 0, -5, -5)?.width == 0)
    }

    /// Every box is told once, whatever their places are.
    @Test func nothingIsLost() {
        let boxes = (0..<300).map { box($0 * 7_919 % 1_000, $0 * 104_729 % 1_000, $0 % 200, $0 % 170) }
        #expect(SlideReadingOrder.order(boxes).sorted() == Array(0..<300))
    }
}

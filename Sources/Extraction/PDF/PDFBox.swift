/// A rectangle on a page as a reader sees it, in points from its top left corner.
struct PDFBox: Equatable {
    var left: Float
    var top: Float
    var right: Float
    var bottom: Float

    var width: Float { right - left }
    var height: Float { bottom - top }
    var middleX: Float { (left + right) / 2 }
    var middleY: Float { (top + bottom) / 2 }

    func union(_ other: PDFBox) -> PDFBox {
        PDFBox(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    func contains(x: Float, y: Float, margin: Float) -> Bool {
        x >= left - margin && x <= right + margin && y >= top - margin && y <= bottom + margin
    }

    /// Points that both have in common from left to right; negative is the gap between them.
    func sharedWidth(_ other: PDFBox) -> Float { min(right, other.right) - max(left, other.left) }

    /// Points that both have in common from top to bottom; negative is the gap between them.
    func sharedHeight(_ other: PDFBox) -> Float { min(bottom, other.bottom) - max(top, other.top) }
}

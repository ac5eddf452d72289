/// The place that a shape takes, in English Metric Units (ECMA-376 part 1, 20.1.10.16), before rotation.
struct SlideBox: Equatable {
    let left: Int
    let top: Int
    let width: Int
    let height: Int

    var right: Int { left + width }
    var bottom: Int { top + height }

    /// 51,206,400 is the largest slide; what lies further out is a mistake and could overflow sums.
    private static let limit = 1_000_000_000

    init?(left: Int, top: Int, width: Int, height: Int) {
        guard [left, top, width, height].allSatisfy({ abs($0.clamped) <= Self.limit }) else { return nil }
        (self.left, self.top, self.width, self.height) = (left, top, max(width, 0), max(height, 0))
    }

    /// The `a:off` and `a:ext` of an `xfrm`.
    init?(_ transform: XMLElement?) {
        guard let transform, let offset = transform.first(named: "off"), let extent = transform.first(named: "ext"),
            let left = offset.tag["x"].flatMap({ Int($0) }), let top = offset.tag["y"].flatMap({ Int($0) }),
            let width = extent.tag["cx"].flatMap({ Int($0) }), let height = extent.tag["cy"].flatMap({ Int($0) })
        else { return nil }
        self.init(left: left, top: top, width: width, height: height)
    }

    /// Whether no part of it can be seen on a slide of this size.
    func isOutside(width slideWidth: Int, height slideHeight: Int) -> Bool {
        right <= 0 || bottom <= 0 || left >= slideWidth || top >= slideHeight
    }
}

extension Int {
    /// Never `Int.min`, whose absolute value is no `Int`.
    fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}

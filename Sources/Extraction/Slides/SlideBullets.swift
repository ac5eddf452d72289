/// How the paragraphs of a text body are marked, by level: what one style says and leaves open.
struct SlideBullets {
    enum Bullet: Equatable {
        case none, dot
        /// `arabicPeriod`, `alphaLcParenR` and so on (ECMA-376 part 1, 20.1.10.61).
        case number(String, start: Int)
    }

    static let levels = 9

    private var byLevel: [Bullet?] = Array(repeating: nil, count: levels)

    /// - Parameter style: an element that holds `a:lvl1pPr` to `a:lvl9pPr`.
    init(_ style: XMLElement?) {
        guard let style else { return }
        for level in 0..<Self.levels {
            byLevel[level] = style.first(named: "lvl\(level + 1)pPr").flatMap(Self.bullet)
        }
    }

    /// What this style says of the level (from 0), or nil.
    subscript(level: Int) -> Bullet? { byLevel.indices.contains(level) ? byLevel[level] : nil }

    /// What the paragraph properties say themselves.
    static func bullet(_ properties: XMLElement) -> Bullet? {
        for child in properties.elements {
            switch child.tag.name {
            case "buNone": return Bullet.none
            case "buChar", "buBlip": return .dot
            case "buAutoNum":
                let start = child.tag["startAt"].flatMap { Int($0) } ?? 1
                return .number(child.tag["type"] ?? "", start: (1...32_767).contains(start) ? start : 1)
            default: continue
            }
        }
        return nil
    }
}

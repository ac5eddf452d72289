/// What a slide takes over from its layout and master: the place and the bullets of its placeholders, never their text, which
/// only prompts the author; and what is written beside the placeholders, which is seen on every slide.
struct SlideTemplate {
    /// One placeholder of a slide, a layout or a master.
    struct Placeholder {
        /// `title`, `ctrTitle`, `body`, `dt` …; `obj` when the file does not say.
        let type: String
        let index: String
        let box: SlideBox?
        let bullets: SlideBullets
    }

    /// `title`, `secHead`, `obj` … (ECMA-376 part 1, 19.7.15); empty when not known.
    let layoutType: String
    /// What is written on the layout and the master themselves, each on one line.
    let fixedTexts: [String]
    private let layout: [Placeholder]
    private let master: [Placeholder]
    private let bodyStyle: SlideBullets
    private let otherStyle: SlideBullets

    /// - Parameters:
    ///   - layout: the root of the layout's part, nil when it is missing or damaged: then its placeholders say nothing.
    ///   - master: likewise.
    init(layout: XMLElement?, master: XMLElement?) {
        layoutType = layout?.tag["type"] ?? ""
        self.layout = layout.map(Self.placeholders) ?? []
        self.master = master.map(Self.placeholders) ?? []
        let showsMaster = !["0", "false"].contains(layout?.tag["showMasterSp"] ?? "")
        fixedTexts = [layout, showsMaster ? master : nil].compactMap { $0 }.flatMap(Self.fixedTexts)
        let styles = master?.first(named: "txStyles")
        bodyStyle = SlideBullets(styles?.first(named: "bodyStyle"))
        otherStyle = SlideBullets(styles?.first(named: "otherStyle"))
    }

    func box(type: String, index: String) -> SlideBox? {
        inherited(type: type, index: index).lazy.compactMap(\.box).first
    }

    /// How a paragraph is marked that says nothing of it itself.
    /// - Parameter placeholder: nil for a shape that is none.
    func bullet(level: Int, placeholder: (type: String, index: String)?) -> SlideBullets.Bullet {
        guard let placeholder else { return otherStyle[level] ?? .none }
        for parent in inherited(type: placeholder.type, index: placeholder.index) {
            if let bullet = parent.bullets[level] { return bullet }
        }
        return Self.masterType(of: placeholder.type) == "body" ? bodyStyle[level] ?? .none : .none
    }

    /// The layout's placeholder of the same index, then the master's of the same kind.
    private func inherited(type: String, index: String) -> [Placeholder] {
        let kind = Self.masterType(of: type)
        let fromLayout =
            layout.first { $0.index == index && Self.masterType(of: $0.type) == kind }
            ?? layout.first { kind != "body" && Self.masterType(of: $0.type) == kind }
        let fromMaster = master.first { Self.masterType(of: $0.type) == kind }
        return [fromLayout, fromMaster].compactMap { $0 }
    }

    /// Masters have five kinds of placeholder; all that hold content go back to the body.
    private static func masterType(of type: String) -> String {
        switch type {
        case "title", "ctrTitle": "title"
        case "dt", "ftr", "sldNum", "hdr": type
        default: "body"
        }
    }

    private static func fixedTexts(of part: XMLElement) -> [String] {
        guard let tree = part.first(named: "cSld")?.first(named: "spTree") else { return [] }
        return tree.descendants(named: "sp").prefix(100).compactMap { shape in
            guard SlideShape.placeholderMark(of: shape) == nil, let body = shape.first(named: "txBody") else {
                return nil
            }
            let line = SlideText.line(body)
            return line.isEmpty ? nil : line
        }
    }

    private static func placeholders(of part: XMLElement) -> [Placeholder] {
        guard let tree = part.first(named: "cSld")?.first(named: "spTree") else { return [] }
        return tree.elements(named: "sp").compactMap { shape in
            guard let mark = SlideShape.placeholderMark(of: shape) else { return nil }
            return Placeholder(
                type: mark.type, index: mark.index, box: SlideBox(shape.first(named: "spPr")?.first(named: "xfrm")),
                bullets: SlideBullets(shape.first(named: "txBody")?.first(named: "lstStyle")))
        }
    }
}

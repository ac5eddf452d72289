/// Finds what stands on a slide and can be read, in the order of the file.
struct SlideShapeCollector {
    /// Shapes that nobody sees.
    private(set) var hidden = 0
    /// Shapes with text beside the slide.
    private(set) var outside = 0
    /// Objects of other programs, whose files inside this one are not opened.
    private(set) var embedded = 0

    let template: SlideTemplate
    /// The slide's size, nil where its edges do not matter.
    let size: (width: Int, height: Int)?

    init(template: SlideTemplate, size: (width: Int, height: Int)?) {
        self.template = template
        self.size = size
    }

    /// - Parameter tree: a `p:spTree`, a `p:grpSp` or a branch of `mc:AlternateContent`.
    mutating func shapes(in tree: XMLElement, isTop: Bool = true) -> [SlideShape] {
        var shapes: [SlideShape] = []
        for element in tree.elements {
            if element.name == "AlternateContent" {
                shapes += alternative(element, isTop: isTop)
            } else if let shape = shape(element, isTop: isTop) {
                shapes.append(shape)
            }
        }
        return shapes
    }

    /// The same thing is there once for new programs and once for old ones: the first that says something counts.
    private mutating func alternative(_ element: XMLElement, isTop: Bool) -> [SlideShape] {
        for branch in element.elements {
            let found = shapes(in: branch, isTop: isTop)
            if !found.isEmpty { return found }
        }
        return []
    }

    private mutating func shape(_ element: XMLElement, isTop: Bool) -> SlideShape? {
        guard ["sp", "grpSp", "graphicFrame", "pic"].contains(element.name) else { return nil }
        let properties = element.elements.first { $0.name.hasPrefix("nv") }?.first(named: "cNvPr")
        let mark = SlideShape.placeholderMark(of: element)
        guard let content = content(of: element, mark, description: properties?["descr"] ?? "") else { return nil }
        if ["1", "true"].contains(properties?["hidden"] ?? "") {
            hidden += 1
            return nil
        }
        let transform =
            element.first(named: "xfrm")
            ?? element.elements.first { $0.name == "spPr" || $0.name == "grpSpPr" }?.first(named: "xfrm")
        let box = SlideBox(transform) ?? mark.flatMap { template.box(type: $0.type, index: $0.index) }
        // Within a group the places are in the group's own measure.
        if isTop, let size, let box, box.isOutside(width: size.width, height: size.height) {
            outside += 1
            return nil
        }
        return SlideShape(box: box, content: content)
    }

    private mutating func content(
        of element: XMLElement, _ mark: (type: String, index: String)?, description: String
    ) -> SlideShape.Content? {
        switch element.name {
        case "sp":
            guard let body = element.first(named: "txBody"), SlideText.holdsText(body) else { return nil }
            return .text(body, placeholder: mark)
        case "grpSp":
            let members = shapes(in: element, isTop: false)
            return members.isEmpty ? nil : .group(members)
        case "pic":
            return FigureText.line(description).map { .picture($0) }
        default:
            return graphic(element, description: description)
        }
    }

    private mutating func graphic(_ frame: XMLElement, description: String) -> SlideShape.Content? {
        guard let data = frame.first(named: "graphic")?.first(named: "graphicData") else { return nil }
        if let table = data.first(named: "tbl") { return .table(table) }
        if let chart = data.first(named: "chart"), let id = chart["id"] { return .chart(id) }
        if let diagram = data.first(named: "relIds"), let id = diagram["dm"] { return .diagram(id) }
        if !data.descendants(named: "oleObj").isEmpty { embedded += 1 }
        return FigureText.line(description).map { .picture($0) }
    }
}

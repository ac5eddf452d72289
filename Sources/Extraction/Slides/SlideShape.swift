/// One thing that stands on a slide.
struct SlideShape {
    enum Content {
        /// A `p:txBody`, and the placeholder it is in.
        case text(XMLElement, placeholder: (type: String, index: String)?)
        /// An `a:tbl`.
        case table(XMLElement)
        /// The relationship to the chart's part.
        case chart(String)
        /// The relationship to the part with a diagram's (SmartArt's) texts.
        case diagram(String)
        /// What a picture's author says that it shows: `[Figure: …]`.
        case picture(String)
        case group([SlideShape])
    }

    let box: SlideBox?
    let content: Content

    /// The kind of placeholder it is, if it is one that holds text.
    var placeholderType: String? {
        if case .text(_, let placeholder) = content { return placeholder?.type }
        return nil
    }

    var isTitle: Bool { placeholderType == "title" || placeholderType == "ctrTitle" }

    /// Whether it stands at the edge of every slide: date, footer, number.
    var isFurniture: Bool { ["dt", "ftr", "sldNum", "hdr"].contains(placeholderType ?? "") }

    /// `p:ph`: the mark that makes a shape a placeholder; without a type it holds any object.
    static func placeholderMark(of shape: XMLElement) -> (type: String, index: String)? {
        for properties in shape.elements where properties.name.hasPrefix("nv") {
            if let mark = properties.first(named: "nvPr")?.first(named: "ph") {
                return (mark["type"] ?? "obj", mark["idx"] ?? "0")
            }
        }
        return nil
    }
}

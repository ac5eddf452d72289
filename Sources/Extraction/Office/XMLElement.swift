/// An element with all that is in it.
final class XMLElement {
    enum Node {
        case element(XMLElement)
        case text(String)
    }

    let tag: XMLTag
    var children: [Node] = []

    var name: String { tag.name }

    init(_ tag: XMLTag) { self.tag = tag }

    /// The root element of a document.
    /// - Parameter what: what the document is to a person.
    static func parse(_ bytes: [UInt8], what: String) throws(IngestError) -> XMLElement {
        var events = try XMLEvents(bytes, what: what)
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            let root = try events.element(tag)
            // What follows must be well formed, too.
            while try events.next() != nil {}
            return root
        }
        throw .broken(what)
    }

    /// The value of the attribute with this local name.
    subscript(_ local: String) -> String? { tag[local] }

    /// The child elements, in order.
    var elements: [XMLElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// The child elements with this local name.
    func elements(named name: String) -> [XMLElement] { elements.filter { $0.name == name } }

    /// The first child element with this local name.
    func first(named name: String) -> XMLElement? {
        for case .element(let element) in children where element.name == name { return element }
        return nil
    }

    /// All elements below this one with this local name, in document order; none inside another of them is left out.
    func descendants(named name: String) -> [XMLElement] {
        var found: [XMLElement] = []
        var open = Array(elements.reversed())
        while let element = open.popLast() {
            if element.name == name { found.append(element) }
            open.append(contentsOf: element.elements.reversed())
        }
        return found
    }

    /// All text in it, in order.
    var text: String {
        var text = ""
        var open = Array(children.reversed())
        while let node = open.popLast() {
            switch node {
            case .text(let piece): text += piece
            case .element(let element): open.append(contentsOf: element.children.reversed())
            }
        }
        return text
    }
}

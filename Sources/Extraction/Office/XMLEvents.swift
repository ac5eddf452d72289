import CXML

/// What an XML document is made of, in order.
enum XMLEvent: Equatable {
    case start(XMLTag)
    /// The local name of the element that ends.
    case end(String)
    /// Never empty; two never follow each other.
    case text(String)
}

/// Reads XML piece by piece, so that a large part of a document need not stand in memory as a tree.
///
/// A document type declaration that defines anything is refused, so no entity can grow and no file can be named; of the
/// others only the five of XML, character numbers and HTML's names stand for something. Nothing else is opened.
struct XMLEvents {
    private let parser: XMLPushParser
    private let bytes: [UInt8]
    private var position = 0
    private var pending: ArraySlice<XMLEvent> = []
    private var isFinished = false

    /// - Parameters:
    ///   - what: what the document is to a person, for the reason of a failure: `Word document`.
    ///   - nodeLimit: for who counts by itself what it keeps.
    init(
        _ bytes: [UInt8], what: String, nodeLimit: Int = XMLPushParser.nodeLimit
    ) throws(IngestError) {
        self.bytes = bytes
        parser = try XMLPushParser(what: what, nodeLimit: nodeLimit)
    }

    /// The next event, or nil at the end.
    /// - Throws: `broken` when it is not well formed or defines entities, `tooLarge` when it is too deep or too long.
    mutating func next() throws(IngestError) -> XMLEvent? {
        // A text at the end of what is known may go on in the next piece.
        while pending.count < 2, !isFinished {
            let end = min(position + XMLPushParser.pieceSize, bytes.count)
            isFinished = end == bytes.count
            let more = try parser.parse(bytes[position..<end], isLast: isFinished)
            position = end
            append(more)
        }
        return pending.popFirst()
    }

    private mutating func append(_ more: [XMLEvent]) {
        if case .text(let begun) = pending.last, case .text(let rest) = more.first {
            pending[pending.endIndex - 1] = .text(begun + rest)
            pending.append(contentsOf: more.dropFirst())
        } else if pending.isEmpty {
            pending = more[...]
        } else {
            pending.append(contentsOf: more)
        }
    }

    /// The whole element whose start was the last event; the next event is the one after its end.
    mutating func element(_ tag: XMLTag) throws(IngestError) -> XMLElement {
        let root = XMLElement(tag)
        var open = [root]
        while let event = try next() {
            switch event {
            case .start(let tag):
                let element = XMLElement(tag)
                open[open.count - 1].children.append(.element(element))
                open.append(element)
            case .end:
                open.removeLast()
                if open.isEmpty { return root }
            case .text(let text):
                open[open.count - 1].children.append(.text(text))
            }
        }
        return root
    }

    /// Goes past the element whose start was the last event.
    mutating func skip() throws(IngestError) {
        var depth = 1
        while depth > 0, let event = try next() {
            switch event {
            case .start: depth += 1
            case .end: depth -= 1
            case .text: break
            }
        }
    }
}

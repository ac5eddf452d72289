import CXML

/// libxml2's push parser (SAX2): bytes in, events out.
final class XMLPushParser {
    /// The most elements within each other. Office programs stay below 50.
    static let depthLimit = 256
    /// The most elements and texts of one document.
    static let nodeLimit = 2_000_000
    /// The most attributes of one element: a table row of OpenDocument has about ten.
    private static let attributeLimit = 1_000
    /// Bytes that are parsed at a time.
    static let pieceSize = 16_384

    private static let initialised: Void = xmlInitParser()

    private let what: String
    private let nodeLimit: Int
    private var context: xmlParserCtxtPtr?
    private var events: [XMLEvent] = []
    /// Text that has not ended yet: it comes in pieces.
    private var text: [UInt8] = []
    private var depth = 0
    private var nodes = 0
    private var failure: IngestError?
    /// Names by the address at which libxml2 keeps them: each is made a string once.
    private var names: [UnsafePointer<xmlChar>: String] = [:]
    private var namespaces: [UnsafePointer<xmlChar>: String] = [:]

    init(what: String, nodeLimit: Int = nodeLimit) throws(IngestError) {
        _ = Self.initialised
        self.what = what
        self.nodeLimit = nodeLimit
        var handler = Self.makeHandler()
        let this = Unmanaged.passUnretained(self).toOpaque()
        guard let context = xmlCreatePushParserCtxt(&handler, this, nil, 0, nil) else { throw .outOfMemory }
        self.context = context
        xmlCtxtUseOptions(context, gepeto_xml_options())
    }

    deinit {
        guard let context else { return }
        // A document type declaration leaves a tree of its own.
        if let tree = context.pointee.myDoc { xmlFreeDoc(tree) }
        xmlFreeParserCtxt(context)
    }

    /// The events of one more piece.
    func parse(_ piece: ArraySlice<UInt8>, isLast: Bool) throws(IngestError) -> [XMLEvent] {
        gepeto_xml_silence_this_thread()
        let code = piece.withUnsafeBytes { bytes in
            xmlParseChunk(
                context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), isLast ? 1 : 0)
        }
        if let failure { throw failure }
        guard code == XML_ERR_OK.rawValue || context?.pointee.wellFormed == 1 else { throw .broken(what) }
        if isLast {
            endText()
            guard depth == 0, nodes > 0 else { throw .broken(what) }
        }
        defer { events = [] }
        return events
    }

    // MARK: What libxml2 calls

    private static func makeHandler() -> xmlSAXHandler {
        var handler = xmlSAXHandler()
        gepeto_xml_mark_sax2(&handler)
        gepeto_xml_silence(&handler)
        handler.startElementNs = { this, name, _, namespace, _, _, count, _, attributes in
            parser(this)?.start(name, namespace, attributes, count: Int(count))
        }
        handler.endElementNs = { this, name, _, _ in parser(this)?.end(name) }
        handler.characters = { this, text, length in parser(this)?.append(text, length) }
        handler.ignorableWhitespace = handler.characters
        handler.cdataBlock = handler.characters
        handler.reference = { this, name in parser(this)?.appendEntity(name) }
        handler.entityDecl = { this, _, _, _, _, _ in parser(this)?.refuseDefinition() }
        handler.unparsedEntityDecl = { this, _, _, _, _ in parser(this)?.refuseDefinition() }
        handler.notationDecl = { this, _, _, _ in parser(this)?.refuseDefinition() }
        // Default values of attributes can grow as entities can.
        handler.attributeDecl = { this, _, _, _, _, _, values in
            xmlFreeEnumeration(values)
            parser(this)?.refuseDefinition()
        }
        return handler
    }

    fileprivate func start(
        _ name: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?,
        _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, count: Int
    ) {
        endText()
        depth += 1
        countNode()
        guard depth <= Self.depthLimit, count <= Self.attributeLimit else {
            stop(.harmful(what, "is nested deeper than \(Self.depthLimit) levels"))
            return
        }
        var list: [XMLTag.Attribute] = []
        list.reserveCapacity(count)
        // Five pointers each: name, prefix, namespace, beginning and end of the value.
        for index in 0..<count {
            guard let five = attributes.map({ $0 + 5 * index }), let begin = five[3], let end = five[4] else {
                continue
            }
            let value = UnsafeBufferPointer(start: begin, count: end - begin)
            list.append(
                .init(
                    name: self.name(five[0]), namespace: self.namespace(five[2]),
                    value: String(decoding: value, as: UTF8.self)))
        }
        events.append(.start(XMLTag(name: self.name(name), namespace: self.namespace(namespace), attributes: list)))
    }

    fileprivate func end(_ name: UnsafePointer<xmlChar>?) {
        endText()
        depth -= 1
        events.append(.end(self.name(name)))
    }

    fileprivate func append(_ characters: UnsafePointer<xmlChar>?, _ length: Int32) {
        guard let characters, length > 0, depth > 0 else { return }
        text.append(contentsOf: UnsafeBufferPointer(start: characters, count: Int(length)))
    }

    /// A name that the document does not define: `&nbsp;` of HTML, or one that means nothing here.
    fileprivate func appendEntity(_ name: UnsafePointer<xmlChar>?) {
        guard let name, depth > 0 else { return }
        let written = Array("&\(String(cString: name));".utf8)
        text.append(contentsOf: HTMLEntities.decode(written[...]).utf8)
    }

    private func endText() {
        guard !text.isEmpty else { return }
        countNode()
        events.append(.text(String(decoding: text, as: UTF8.self)))
        text.removeAll(keepingCapacity: true)
    }

    private func countNode() {
        nodes += 1
        if nodes > nodeLimit { stop(.harmful(what, "has more than \(nodeLimit) elements")) }
    }

    fileprivate func refuseDefinition() { stop(.definesEntities(what)) }

    private func stop(_ error: IngestError) {
        if failure == nil { failure = error }
        if let context { xmlStopParser(context) }
    }

    private func name(_ pointer: UnsafePointer<xmlChar>?) -> String {
        guard let pointer else { return "" }
        if let known = names[pointer] { return known }
        let name = String(cString: pointer)
        names[pointer] = name
        return name
    }

    private func namespace(_ pointer: UnsafePointer<xmlChar>?) -> String {
        guard let pointer else { return "" }
        if let known = namespaces[pointer] { return known }
        let address = XMLNamespace.transitional(String(cString: pointer))
        namespaces[pointer] = address
        return address
    }
}

/// The parser behind libxml2's user data. Outside the class: a C function may not capture, not even a class.
private func parser(_ this: UnsafeMutableRawPointer?) -> XMLPushParser? {
    this.map { Unmanaged<XMLPushParser>.fromOpaque($0).takeUnretainedValue() }
}

import TestSupport
import Testing

@testable import Extraction

/// XML: what it says is read, nothing it asks for is done.
@Suite struct OfficeXMLTests {
    private func parse(_ xml: String) throws -> XMLElement { try XMLElement.parse(Array(xml.utf8), what: "part") }

    private func failure(_ xml: String) -> IngestError? {
        do { _ = try parse(xml) } catch { return error as? IngestError }
        return nil
    }

    @Test func elementsAttributesAndTexts() throws {
        let root = try parse(
            "<?xml version='1.0'?><!-- c --><a xmlns='u:a' xmlns:b='u:b' x='1' b:x='2' b:y='&lt;&#65;'>"
                + "one <b:c>two</b:c><![CDATA[ <3> ]]>&amp;&#x263a;<d><c/></d></a>")
        #expect(root.tag.namespace == "u:a")
        #expect(root["x"] == "1")
        #expect(root["y"] == "<A")
        #expect(root.tag["x", namespace: "u:b"] == "2")
        #expect(root.tag["x", namespace: "u:none"] == nil)
        #expect(root.first(named: "c")?.tag.namespace == "u:b")
        #expect(root.descendants(named: "c").map(\.text) == ["two", ""])
        #expect(root.elements(named: "d").count == 1)
        #expect(root.text == "one two <3> &☺")
    }

    @Test func eventsInOrderAndTextsWhole() throws {
        // Longer than a piece, with a letter of three bytes across each border.
        let long = String(repeating: "ẽ", count: 30_001)
        var events = try XMLEvents(Array("<a>\(long)<b>x</b>y</a>".utf8), what: "part")
        var found: [XMLEvent] = []
        while let event = try events.next() { found.append(event) }
        let (a, b) = (
            XMLTag(name: "a", namespace: "", attributes: []), XMLTag(name: "b", namespace: "", attributes: [])
        )
        #expect(found == [.start(a), .text(long), .start(b), .text("x"), .end("b"), .text("y"), .end("a")])
        #expect(try events.next() == nil)
    }

    @Test func partsOfADocumentAsTrees() throws {
        var events = try XMLEvents(
            Array("<a><skip><x>no</x></skip><p>one<i>two</i></p><p>three</p></a>".utf8), what: "p")
        var paragraphs: [String] = []
        while let event = try events.next() {
            guard case .start(let tag) = event else { continue }
            if tag.name == "skip" { try events.skip() }
            if tag.name == "p" { paragraphs.append(try events.element(tag).text) }
        }
        #expect(paragraphs == ["onetwo", "three"])
    }

    @Test func strictNamespacesAreToldAsTransitional() throws {
        let root = try parse(
            "<w:p xmlns:w='http://purl.oclc.org/ooxml/wordprocessingml/main' "
                + "xmlns:r='http://purl.oclc.org/ooxml/officeDocument/relationships' r:id='7'/>")
        #expect(root.tag.namespace == XMLNamespace.word)
        #expect(root.tag["id", namespace: XMLNamespace.relationships] == "7")
        #expect(XMLNamespace.transitional("http://purl.oclc.org/ooxml/officeDocument/math") == XMLNamespace.math)
        #expect(XMLNamespace.transitional("http://purl.oclc.org/ooxml/drawingml/main") == XMLNamespace.drawing)
        #expect(
            XMLNamespace.transitional("http://purl.oclc.org/ooxml/officeDocument/extendedProperties")
                == "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties")
        #expect(XMLNamespace.transitional("urn:other") == "urn:other")
    }

    @Test(arguments: [false, true]) func utf16IsRead(littleEndian: Bool) throws {
        let text = "\u{feff}<?xml version='1.0' encoding='UTF-16'?><a>ção €</a>"
        let bytes = text.utf16.flatMap {
            littleEndian ? [UInt8($0 & 0xff), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xff)]
        }
        #expect(try XMLElement.parse(bytes, what: "part").text == "ção €")
    }

    @Test func latin1AndByteOrderMarksAreRead() throws {
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xe7, 0xe3] + Array("o</a>".utf8)
        #expect(try XMLElement.parse(latin, what: "part").text == "ção")
        #expect(try XMLElement.parse([0xef, 0xbb, 0xbf] + Array("<a>é</a>".utf8), what: "part").text == "é")
    }

    // MARK: Hostile

    @Test func laughsAreRefused() {
        var xml = "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY lol 'lol'>"
        for level in 1...9 {
            let inner = String(repeating: level == 1 ? "&lol;" : "&lol\(level - 1);", count: 10)
            xml += "<!ENTITY lol\(level) '\(inner)'>"
        }
        #expect(failure(xml + "]><lolz>&lol9;</lolz>") == .definesEntities("part"))
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1/x.dtd'> %x;]><a/>",
        "<!DOCTYPE a [<!ENTITY x PUBLIC 'x' 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ATTLIST a x CDATA 'yes' y (p|q) 'p'>]><a/>",
        "<!DOCTYPE a [<!NOTATION n SYSTEM 'x'><!ENTITY e SYSTEM 'x' NDATA n>]><a/>",
    ])
    func definitionsAreRefused(_ xml: String) { #expect(failure(xml) == .definesEntities("part")) }

    /// A declaration that only names a file is common in e-books; the file is not looked for.
    @Test func aDeclarationWithoutDefinitionsIsNotFollowed() throws {
        let folder = try TemporaryFolder()
        let definitions = try folder.write("x.dtd", "<!ENTITY x 'PLANTED'>")
        let root = try parse(
            "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.1//EN' '\(definitions)'><html>a&nbsp;&eacute;&x;b</html>")
        #expect(root.text == "a\u{a0}é&x;b")
    }

    @Test func inclusionsAreOnlyElements() throws {
        let root = try parse(
            "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='/etc/passwd' parse='text'/></a>")
        #expect(root.text == "")
        #expect(root.elements.first?["href"] == "/etc/passwd")
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try parse(nested(XMLPushParser.depthLimit))
        for depth in [XMLPushParser.depthLimit + 1, 200_000] {
            #expect(failure(nested(depth))?.description.contains("nested deeper") == true)
        }
    }

    @Test func nodesAreBounded() {
        var events = 0
        do {
            let xml = "<a>" + String(repeating: "<b/>", count: XMLPushParser.nodeLimit) + "</a>"
            var reader = try XMLEvents(Array(xml.utf8), what: "part")
            while try reader.next() != nil { events += 1 }
            Issue.record("read to its end")
        } catch {
            #expect(error.code == .tooLarge)
        }
        #expect(events <= 2 * XMLPushParser.nodeLimit)
    }

    @Test func attributesAreBounded() {
        let attributes = (0..<5000).map { "a\($0)='1'" }.joined(separator: " ")
        #expect(failure("<a \(attributes)/>") != nil)
    }

    @Test(arguments: [
        "", " ", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a x=1/>", "<a>&undefined;</a>", "<a/><b/>",
        "<a>\u{1}</a>",
        "<a xmlns:x='u'><x:b y='1' y='2'/></a>", "<a", "<a>&#0;</a>", "<a/>trailing",
    ])
    func whatIsNotWellFormedIsDamage(_ xml: String) { #expect(failure(xml) == .broken("part")) }

    @Test func invalidUTF8IsDamage() {
        for bytes: [UInt8] in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc0, 0x80]] {
            let xml = Array("<?xml version='1.0' encoding='UTF-8'?><a>x".utf8) + bytes + Array("y</a>".utf8)
            #expect(throws: IngestError.broken("part")) { try XMLElement.parse(xml, what: "part") }
        }
    }

    @Test func everyCutAndChangedByteIsSurvived() throws {
        let whole = Array(
            "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x'><a b='1'><![CDATA[x]]>&#65;<!-- c --><c/>d</a>".utf8)
        for length in 0..<whole.count {
            #expect(throws: IngestError.self) { try XMLElement.parse(Array(whole.prefix(length)), what: "part") }
        }
        for position in whole.indices {
            for value: UInt8 in [0x00, 0x26, 0x3c, 0x3e, 0x80, 0xff] {
                var changed = whole
                changed[position] = value
                if let root = try? XMLElement.parse(changed, what: "part") { #expect(root.text.utf8.count < 100) }
            }
        }
    }
}

/// What a part of an office package points to (ECMA-376-2, 6.5). Targets outside the file are told, never followed.
struct Relationships {
    struct Relationship: Equatable {
        let id: String
        /// The whole address of its type, Transitional.
        let type: String
        /// The name of a part of this package, or an address when it is external.
        let target: String
        let isExternal: Bool

        /// The last word of its type: `officeDocument`, `slide`, `hyperlink`.
        var kind: String { type.split(separator: "/").last.map(String.init) ?? "" }
    }

    /// In the order of the file.
    let all: [Relationship]
    private let byID: [String: Int]

    /// - Parameters:
    ///   - part: the name of the part that points, or an empty text for the package itself.
    ///   - what: what the file is to a person.
    init(_ parts: ZIPParts, of part: String, what: String = "office document") throws(IngestError) {
        var all: [Relationship] = []
        var byID: [String: Int] = [:]
        if let bytes = parts[Self.name(of: part)] {
            let folder = part.split(separator: "/").dropLast()
            for element in try XMLElement.parse(bytes, what: what).elements(named: "Relationship") {
                guard let id = element["Id"], let target = element["Target"] else { continue }
                let isExternal = element["TargetMode"]?.lowercased() == "external"
                // A second one of the same name is a mistake of the program that wrote it.
                if byID[id] == nil { byID[id] = all.count }
                all.append(
                    Relationship(
                        id: id, type: XMLNamespace.transitional(element["Type"] ?? ""),
                        target: isExternal ? target : Self.resolve(target, in: folder), isExternal: isExternal))
            }
        }
        self.all = all
        self.byID = byID
    }

    subscript(id: String) -> Relationship? { byID[id].map { all[$0] } }

    /// The first one inside the package whose type ends with this word.
    func first(_ kind: String) -> Relationship? { all.first { !$0.isExternal && $0.kind == kind } }

    /// The part that holds the relationships of `part`: `word/_rels/document.xml.rels`, `_rels/.rels`.
    static func name(of part: String) -> String {
        let path = part.split(separator: "/")
        return (path.dropLast() + ["_rels", (path.last ?? "") + ".rels"]).joined(separator: "/")
    }

    /// The part's name behind a relative or absolute reference; what climbs above the package stays at its top.
    static func resolve(_ target: String, in folder: ArraySlice<Substring>) -> String {
        let reference = target.prefix { $0 != "#" && $0 != "?" }
        var path = reference.hasPrefix("/") ? [] : folder.map(String.init)
        for step in reference.split(whereSeparator: { $0 == "/" || $0 == "\\" }) {
            switch step {
            case ".": break
            case "..": _ = path.popLast()
            default: path.append(decodingPercents(step))
            }
        }
        return path.joined(separator: "/")
    }

    private static func decodingPercents(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(Substring(rest.prefix(2)), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

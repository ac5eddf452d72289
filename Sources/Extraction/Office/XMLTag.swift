/// A start tag: its local name, its namespace's address, its attributes.
///
/// The Strict namespaces of ISO/IEC 29500 are told as their Transitional counterparts, which is what nearly all files
/// use, so that readers know one set of names.
struct XMLTag: Equatable {
    struct Attribute: Equatable {
        let name: String
        /// Empty when the attribute has no prefix.
        let namespace: String
        let value: String
    }

    let name: String
    /// Empty when it has none.
    let namespace: String
    let attributes: [Attribute]

    /// The value of the attribute with this local name; one without a namespace comes first.
    subscript(_ local: String) -> String? {
        var found: String?
        for attribute in attributes where attribute.name == local {
            if attribute.namespace.isEmpty { return attribute.value }
            found = found ?? attribute.value
        }
        return found
    }

    subscript(_ local: String, namespace namespace: String) -> String? {
        attributes.first { $0.name == local && $0.namespace == namespace }?.value
    }
}

/// The addresses of namespaces and relationship types.
enum XMLNamespace {
    static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    static let word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    static let math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    static let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    private static let strict = "http://purl.oclc.org/ooxml/"
    private static let transitional = "http://schemas.openxmlformats.org/"
    /// Where more than the year differs (ISO/IEC 29500-4, annex A).
    private static let exceptions = [
        "extendedProperties": "extended-properties", "customProperties": "custom-properties",
    ]

    /// `address`, with a Strict one made Transitional: `…/ooxml/A/B` is `…/A/2006/B`.
    static func transitional(_ address: String) -> String {
        guard address.hasPrefix(strict) else { return address }
        let path = address.dropFirst(strict.count).split(separator: "/", maxSplits: 1)
        guard path.count == 2 else { return address }
        return "\(transitional)\(path[0])/2006/\(exceptions[String(path[1])] ?? String(path[1]))"
    }
}

/// How the cells of a workbook show their numbers: by the index of a cell's style.
struct SheetStyles {
    private var formats: [SheetFormat] = []

    private static let limit = 65_536

    init() {}

    /// - Parameter bytes: the part `styles.xml`.
    init(_ bytes: [UInt8], what: String) throws(IngestError) {
        let root = try XMLElement.parse(bytes, what: what)
        var codes: [Int: String] = [:]
        for format in (root.first(named: "numFmts")?.elements(named: "numFmt") ?? []).prefix(Self.limit) {
            if let id = format["numFmtId"].flatMap({ Int($0) }), let code = format["formatCode"] { codes[id] = code }
        }
        // Many styles share one format.
        var known: [Int: SheetFormat] = [:]
        for style in (root.first(named: "cellXfs")?.elements(named: "xf") ?? []).prefix(Self.limit) {
            let id = style["numFmtId"].flatMap { Int($0) } ?? 0
            let format = known[id] ?? codes[id].map { SheetFormat(code: $0) } ?? SheetFormat(builtIn: id)
            known[id] = format
            formats.append(format)
        }
    }

    subscript(style: Int) -> SheetFormat { formats.indices.contains(style) ? formats[style] : .general }
}

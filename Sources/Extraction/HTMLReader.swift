/// HTML pages: headings make the sections, menus and scripts are left out, tables become rows.
enum HTMLReader {
    /// How much of a page is taken for content.
    enum Scope {
        /// Only what is inside `<main>`, without menus.
        case main
        /// All but menus, page heads and feet.
        case body
        /// All but scripts and hidden parts.
        case everything
    }

    static func read(_ bytes: [UInt8]) throws(IngestError) -> ExtractedDocument {
        guard let decoded = TextDecoder.decode(bytes, declared: declaredCharset(bytes)) else {
            throw .unsupported("Binary .html")
        }
        let html = Array(decoded.text.utf8)
        for scope in [Scope.main, .body, .everything] {
            var walker = HTMLWalker(html, scope: scope)
            try walker.run()
            // A page whose main part is a few words, or whose menu never ends, is read again with less left out.
            let isEnough = scope == .everything || walker.builder.text.utf8.count >= 200 && !walker.endedInSkippedPart
            guard isEnough || (scope == .body && !walker.builder.blocks.isEmpty && !walker.endedInSkippedPart) else {
                continue
            }
            guard !walker.builder.blocks.isEmpty else { throw .blank }
            walker.builder.warnings += decoded.warnings
            return walker.builder.finish(
                title: walker.title, mediaType: "text/html", declaredLanguage: walker.language)
        }
        throw .blank
    }

    /// Adds the blocks of a piece of HTML inside another format.
    static func addFragment(_ html: String, to builder: inout DocumentBuilder) throws(IngestError) {
        var walker = HTMLWalker(Array(html.utf8), scope: .everything, builder: builder)
        try walker.run()
        builder = walker.builder
    }

    /// The label in `<meta charset>` or `<meta http-equiv>`, looked for in the first 4 KB.
    private static func declaredCharset(_ bytes: [UInt8]) -> String? {
        var tokenizer = HTMLTokenizer(Array(bytes.prefix(4096)))
        while let token = tokenizer.next() {
            guard case .start(let tag) = token, tag.name == "meta" else { continue }
            if let charset = tag.attributes["charset"] { return charset }
            if let content = tag.attributes["content"]?.lowercased(), let found = content.range(ofASCII: "charset=") {
                return String(content[found.upperBound...].prefix { $0 != ";" && $0 != " " && $0 != "\"" })
            }
        }
        return nil
    }
}

extension String {
    /// Where `needle` is first found, byte for byte.
    func range(ofASCII needle: String) -> Range<String.Index>? {
        let needle = Array(needle.utf8)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            if utf8[index...].starts(with: needle) { return index..<utf8.index(index, offsetBy: needle.count) }
            index = utf8.index(after: index)
        }
        return nil
    }
}

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
        var walker = try walked(html, .everything)
        let body = try walked(html, .body)
        if !body.builder.blocks.isEmpty, isEnough(body, of: walker, share: 10) { walker = body }
        let main = try walked(html, .main)
        if main.builder.text.utf8.count >= 200, isEnough(main, of: walker, share: 6) { walker = main }
        guard !walker.builder.blocks.isEmpty else { throw .blank }
        walker.builder.warnings += decoded.warnings + walker.warnings
        return walker.builder.finish(
            title: walker.title, mediaType: "text/html", declaredLanguage: walker.language)
    }

    private static func walked(_ html: [UInt8], _ scope: Scope) throws(IngestError) -> HTMLWalker {
        var walker = HTMLWalker(html, scope: scope)
        try walker.run()
        return walker
    }

    /// Whether what is left when menus go can be the page: a menu that never ends, or rules that took nearly all, say no.
    private static func isEnough(_ part: HTMLWalker, of whole: HTMLWalker, share: Int) -> Bool {
        let (count, all) = (part.builder.text.utf8.count, whole.builder.text.utf8.count)
        return !part.endedInSkippedPart && (count >= 1_000 || count * share >= all)
    }

    /// Adds the blocks of a piece of HTML inside another format.
    static func addFragment(_ html: String, to builder: inout DocumentBuilder) throws(IngestError) {
        var walker = HTMLWalker(Array(html.utf8), scope: .everything, builder: builder)
        try walker.run()
        builder = walker.builder
        for warning in walker.warnings where !builder.warnings.contains(warning) { builder.warnings.append(warning) }
    }

    /// The label in `<meta charset>` or `<meta http-equiv>`, looked for in the first 4 KB.
    private static func declaredCharset(_ bytes: [UInt8]) -> String? {
        if let encoding = xmlEncoding(bytes) { return encoding }
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

extension HTMLReader {
    /// The label in `<?xml version="1.0" encoding="…"?>`.
    private static func xmlEncoding(_ bytes: [UInt8]) -> String? {
        let start = bytes.prefix(200).drop { TextCleaner.isWhiteSpace($0) }
        guard start.starts(with: "<?xml".utf8), let end = start.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        let declaration = String(decoding: start[..<end], as: UTF8.self)
        guard let key = declaration.range(ofASCII: "encoding=") else { return nil }
        let value = declaration[key.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
        return value.isEmpty ? nil : String(value)
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

/// LaTeX sources: sections, text with its commands resolved, lists and tables; formulas and programs stay source.
///
/// Nothing is typeset and no other file is opened. Displayed formulas are blocks of kind `code`, so that they are not cut.
enum LaTeXReader {
    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        let source = Array(TextCleaner.clean(decoded.text).utf8)
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        var walker = LaTeXWalker(source, builder: builder)
        try walker.run()
        guard !walker.builder.blocks.isEmpty else { throw .blank }
        walker.builder.warnings += walker.warnings
        return walker.builder.finish(
            title: walker.title ?? walker.builder.firstHeading, mediaType: "application/x-tex",
            declaredLanguage: language(of: decoded.text))
    }

    /// What babel or polyglossia is told in the first 20,000 bytes.
    private static func language(of text: String) -> String {
        let preamble = String(Substring(text.utf8.prefix(20_000).dropLastPartialScalar()))
        if preamble.range(ofASCII: "brazil") != nil || preamble.range(ofASCII: "portug") != nil { return "pt" }
        return preamble.range(ofASCII: "english") != nil ? "en" : ""
    }
}

/// Rich Text Format: paragraphs, headings by outline level or style, lists, tables; what is not text is skipped.
///
/// Groups are kept on a list of their own, never by recursion; nothing embedded is opened.
enum RTFReader {
    static func read(_ bytes: [UInt8]) throws(IngestError) -> ExtractedDocument {
        var walker = RTFWalker(bytes)
        try walker.run()
        guard !walker.builder.blocks.isEmpty else { throw .blank }
        walker.builder.warnings += walker.warnings
        return walker.builder.finish(
            title: walker.title.isEmpty ? walker.builder.firstHeading : walker.title, mediaType: "application/rtf",
            declaredLanguage: walker.language)
    }
}

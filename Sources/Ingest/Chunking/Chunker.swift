import Embedding
import Extraction
import Support

/// Cuts a document into chunks along its structure.
///
/// No chunk crosses a heading. Within a section, paragraphs, lists, tables and code are kept whole where they fit and
/// are put together until the window is full; what is longer than a window is cut at sentences (text) or lines (tables,
/// code), in need at words. A chunk that goes on in its section repeats the last sentence of the one before it. Every
/// character of the document but white space is in some chunk, and nothing of a chunk is cut from its vector. Linear in
/// the length of the document.
package struct Chunker: Sendable {
    /// Word pieces that reach a vector.
    let window: Int
    let tokenCount: @Sendable (String) -> Int

    /// The smallest window that leaves room for a title and some text.
    static let smallestWindow = 32

    package init(embedder: any Embedder) {
        self.init(window: embedder.window) { embedder.tokenCount($0) }
    }

    init(window: Int, tokenCount: @escaping @Sendable (String) -> Int) {
        precondition(window >= Self.smallestWindow, "a window of \(window) word pieces is too small to chunk for")
        self.window = window
        self.tokenCount = tokenCount
    }

    /// - Parameter title: stands before every chunk's text in its vector.
    package func chunks(of document: ExtractedDocument, title: String) -> [DocumentChunk] {
        var chunks: [DocumentChunk] = []
        for section in Section.all(of: document) {
            let prefix = ContextPrefix(title: title, path: section.path, window: window, tokenCount: tokenCount)
            var packer = SectionPacker(
                text: document.text, section: section, prefix: prefix, window: window, tokenCount: tokenCount)
            for packed in packer.pack() {
                chunks += fit(packed, prefix: prefix, section: section, document: document)
            }
        }
        return chunks
    }

    /// Makes chunks of a packed range: one, unless tokens counted together are more than tokens counted one by one;
    /// then the range is halved until its parts fit.
    private func fit(
        _ packed: SectionPacker.Packed, prefix: ContextPrefix, section: Section, document: ExtractedDocument
    ) -> [DocumentChunk] {
        var waiting = [packed]
        var chunks: [DocumentChunk] = []
        while let next = waiting.popLast() {
            let lead = next.header.map { prefix.text + document.text.utf8Substring($0) } ?? prefix.text
            let embedded = lead + document.text.utf8Substring(next.embedded)
            if tokenCount(embedded) > window, let (first, second) = next.halves(in: document.text) {
                waiting += [second, first]
                continue
            }
            let text = document.text.utf8Substring(next.range)
            let pages = document.pages(of: next.range)
            let start = next.range.lowerBound
            let locations = document.locations(
                of: next.range, marksFrom: section.content.first?.range.lowerBound ?? next.range.upperBound)
            chunks.append(
                DocumentChunk(
                    text: text, offset: next.range, section: section.path, pages: pages,
                    place: place(of: next.range, in: section, document),
                    recognised: pages.map { pages in document.recognisedPages.contains(where: pages.contains) }
                        ?? false,
                    locations: locations.count > 1 ? locations : [],
                    tokenCount: tokenCount(text), lead: lead,
                    embedded: (next.embedded.lowerBound - start)..<(next.embedded.upperBound - start)))
        }
        return chunks
    }
    /// Headings have no place of their own: they are not in the rows or lines before them.
    private func place(of range: Range<Int>, in section: Section, _ document: ExtractedDocument) -> String? {
        guard let first = section.content.first else { return nil }
        let start = max(range.lowerBound, first.range.lowerBound)
        return start < range.upperBound ? document.place(of: start..<range.upperBound) : nil
    }
}

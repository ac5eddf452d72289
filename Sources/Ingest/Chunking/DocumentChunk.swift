import Support

/// A piece of a document that gets one vector.
package struct DocumentChunk: Sendable, Equatable {
    /// A verbatim part of the document's text.
    package let text: String
    /// Where it is, in UTF-8 bytes of the document's text.
    package let offset: Range<Int>
    /// Headings above it, outermost first.
    package let section: [String]
    package let pages: ClosedRange<Int>?
    /// Cells, times or lines, for formats that have such.
    package let place: String?
    /// Whether some of it was recognised from the picture of a page.
    package let recognised: Bool
    /// Where its parts stand; empty when all of it is at one place.
    package let locations: [TextLocation]
    /// Word pieces of `text`.
    package let tokenCount: Int
    /// What stands before the text in its vector: title, section, a table's head. Shared by many chunks.
    let lead: String
    /// The bytes of `text` that go into the vector.
    let embedded: Range<Int>

    /// What the vector is made of: title, section and text, never longer than the model's window. Made when asked for,
    /// so that a book's text is in memory once.
    package var embeddedText: String { lead + text.utf8Substring(embedded) }
}

/// A piece of a document that gets one vector.
package struct DocumentChunk: Sendable, Equatable {
    /// A verbatim part of the document's text.
    package let text: String
    /// Where it is, in UTF-8 bytes of the document's text.
    package let offset: Range<Int>
    /// Headings above it, outermost first.
    package let section: [String]
    package let pages: ClosedRange<Int>?
    /// Word pieces of `text`.
    package let tokenCount: Int
    /// What the vector is made of: title, section and text, never longer than the model's window.
    package let embeddedText: String
}

/// What the pages of a document's format are called.
package enum PageUnit: String, Codable, Sendable {
    case page, slide
}

/// What the extractor's process prints: the document, or why there is none.
enum ExtractionResult: Codable, Sendable {
    case document(ExtractedDocument)
    case failure(IngestError)
}

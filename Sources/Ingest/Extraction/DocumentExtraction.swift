/// The port behind which a file becomes an `ExtractedDocument`.
package protocol DocumentExtraction: Sendable {
    /// - Throws: `IngestError` with the reason for the teacher; `CancellationError`.
    func extract(path: String) async throws -> ExtractedDocument
}

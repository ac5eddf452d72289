/// The port behind which a file becomes an `ExtractedDocument`.
package protocol DocumentExtraction: Sendable {
    /// - Parameter progress: called now and then, from any thread; must be quick.
    /// - Throws: `IngestError` with the reason for the teacher; `CancellationError`.
    func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome
}

extension DocumentExtraction {
    package func extract(path: String) async throws -> ExtractionOutcome { try await extract(path: path) { _ in } }
}

/// What an extraction gave and what it took.
package struct ExtractionOutcome: Sendable {
    package let document: ExtractedDocument
    /// Wall time.
    package let seconds: Double
    /// The most memory that the extractor's process or one of its children had resident, in bytes; 0 when not known.
    package let peakMemory: Int

    package init(_ document: ExtractedDocument, seconds: Double = 0, peakMemory: Int = 0) {
        self.document = document
        self.seconds = seconds
        self.peakMemory = peakMemory
    }
}

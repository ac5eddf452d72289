@testable import Extraction

/// Reads in the test's own process: for real documents that are known to be harmless.
struct InProcessExtraction: DocumentExtraction {
    func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome {
        ExtractionOutcome(try DocumentExtractor.extract(path: path))
    }
}

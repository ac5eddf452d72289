import Extraction
import Support

/// Reads documents in the test's own process, on a thread of its own.
struct InThisProcess: DocumentExtraction {
    func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome {
        let document = try await BlockingQueue(label: "extraction").run {
            try DocumentExtractor.extract(path: path)
        }
        return ExtractionOutcome(document)
    }
}

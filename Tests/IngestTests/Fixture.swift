import FoundationEssentials
import TestSupport

@testable import Extraction

/// Where the test files are.
enum Fixture {
    static let folder = String(#filePath.dropLast("/Fixture.swift".count)) + "/Fixtures"

    /// A text of this folder (`../x.md`) or one of the awkward documents.
    static func document(_ name: String) -> String {
        name.hasPrefix("../") ? folder + "/" + name.dropFirst(3) : DocumentFixture.path(name)
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

/// Reads in the test's own process: for real documents that are known to be harmless.
struct InProcessExtraction: DocumentExtraction {
    func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome {
        ExtractionOutcome(try DocumentExtractor.extract(path: path))
    }
}

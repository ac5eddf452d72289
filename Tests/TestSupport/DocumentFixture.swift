import FoundationEssentials
import Testing

/// The real, awkward and hostile documents of `Tests/Fixtures/documents`.
package enum DocumentFixture {
    package static let folder =
        String(#filePath.dropLast("/TestSupport/DocumentFixture.swift".count)) + "/Fixtures/documents"

    package static func path(_ name: String) -> String { "\(folder)/\(name)" }
}

/// One line of `manifest.jsonl`: a document and what a good reader makes of it.
package struct ManifestEntry: Codable, Sendable, CustomTestStringConvertible {
    package let file: String
    /// `text`, `ocr`, `empty`, `reject` or `any`; the folder's README says what each means.
    package let expect: String
    package let phrase: String?
    package let mustNotAppear: String?
    package let phraseWithoutSpaces: Bool?

    enum CodingKeys: String, CodingKey {
        case file, expect, phrase
        case mustNotAppear = "must_not_appear"
        case phraseWithoutSpaces = "phrase_without_spaces"
    }

    package var testDescription: String { file }

    package static func all() throws -> [ManifestEntry] {
        let text = try String(contentsOfFile: DocumentFixture.path("manifest.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(ManifestEntry.self, from: Data($0.utf8)) }
    }
}

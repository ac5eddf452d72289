import FoundationEssentials
import Testing

@testable import Ingest

/// Where the test files are.
enum Fixture {
    static let folder = String(#filePath.dropLast("/Fixture.swift".count)) + "/Fixtures"

    static func document(_ name: String) -> String { "\(folder)/documents/\(name)" }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

/// One line of `manifest.jsonl`.
struct ManifestEntry: Codable, Sendable, CustomTestStringConvertible {
    let file: String
    let expect: String
    let phrase: String?
    let mustNotAppear: String?
    let phraseWithoutSpaces: Bool?

    enum CodingKeys: String, CodingKey {
        case file, expect, phrase
        case mustNotAppear = "must_not_appear"
        case phraseWithoutSpaces = "phrase_without_spaces"
    }

    var testDescription: String { file }

    static func all() throws -> [ManifestEntry] {
        try Fixture.text("manifest.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(ManifestEntry.self, from: Data($0.utf8))
        }
    }
}

/// Reads in the test's own process: for real documents that are known to be harmless.
struct InProcessExtraction: DocumentExtraction {
    func extract(path: String) async throws -> ExtractedDocument { try DocumentExtractor.extract(path: path) }
}

/// A folder of its own for a test, gone at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/ingest-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let folder = String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

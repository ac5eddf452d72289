import FoundationEssentials
import Testing

@testable import Embedding

/// The files beside the tests, and the model.
enum Fixtures {
    static let folder =
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Fixtures/"

    /// One embedder for all tests that only read from it.
    static let embedder = Result { try SentenceEmbedder(modelFolder: modelFolder, threads: 2) }
    static let tokenizer = Result {
        let folder = try ModelFolder(path: modelFolder)
        return WordPieceTokenizer(vocabulary: try Vocabulary(folder: folder.path, count: folder.shape.vocabulary))
    }

    /// `GEPETO_MODEL_DIR`, or `models/all-MiniLM-L6-v2` in the package. The tests need it: when it is missing they fail
    /// with the sentence of `EmbeddingError`, which says to run scripts/setup.
    static var modelFolder: String {
        ProcessInfo.processInfo.environment["GEPETO_MODEL_DIR"] ?? folder + "../../../models/all-MiniLM-L6-v2"
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: folder + name)))
    }

    /// One JSON string a line.
    static func texts(_ name: String) throws -> [String] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(String.self, from: Data($0))
        }
    }
}

/// A folder of a test's own, deleted with this object.
final class TemporaryFolder {
    let path = NSTemporaryPath.make()

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

private enum NSTemporaryPath {
    static func make() -> String {
        FileManager.default.temporaryDirectory.path + "/embedding-" + UUID().uuidString
    }
}

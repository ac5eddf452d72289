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

    /// Little-endian float32.
    static func floats(_ name: String) throws -> [Float] {
        let bytes = try bytes(name)
        return bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
    }

    /// One JSON string a line.
    static func texts(_ name: String) throws -> [String] {
        try bytes(name).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(String.self, from: Data($0))
        }
    }
}

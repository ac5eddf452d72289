import FoundationEssentials

/// A folder of a test's own, deleted with this object.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.path + "/embedding-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// With a copy of the tiny model (Fixtures/make_tiny.py).
    static func withTinyModel() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in [
            "config.json", "vocab.txt", "model.safetensors", "modules.json", "1_Pooling/config.json",
            "sentence_bert_config.json",
        ] { try folder.write(name, try Fixtures.bytes("tiny/" + name)) }
        return folder
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    func replace(_ text: String, with other: String, in name: String) throws {
        let file = URL(filePath: path + "/" + name)
        let old = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        try write(name, old.replacing(text, with: other))
    }
}

import FoundationEssentials
import Support
import Testing

@testable import Embedding

/// A model that is missing, damaged or of another kind gets a sentence that says what to do.
@Suite struct ModelFolderTests {
    private func error(_ folder: TemporaryFolder) -> EmbeddingError? {
        #expect(throws: EmbeddingError.self) { try SentenceEmbedder(modelFolder: folder.path, threads: 1) }
    }

    @Test func saysThatTheFolderIsMissing() {
        let error = #expect(throws: EmbeddingError.self) { try SentenceEmbedder(modelFolder: "/nowhere/model") }
        #expect(
            error?.description
                == "The embedding model is missing: there is no such folder (/nowhere/model). "
                + "Run scripts/setup or set GEPETO_MODEL_DIR to its folder.")
        #expect(error?.label == "model_folder_missing")
    }

    @Test(arguments: ["config.json", "vocab.txt", "model.safetensors"])
    func saysWhichFileIsMissing(name: String) throws {
        let folder = try TemporaryFolder.withTinyModel()
        try folder.remove(name)
        let error = error(folder)
        #expect(error?.kind == .fileMissing)
        #expect(error?.description.contains("Run scripts/setup or set GEPETO_MODEL_DIR") == true)
        #expect(error?.description.contains(name) == true)
    }

    @Test(arguments: ["modules.json", "1_Pooling", "sentence_bert_config.json"])
    func doesWithoutAnOptionalFile(name: String) throws {
        let folder = try TemporaryFolder.withTinyModel()
        try folder.remove(name)
        let embedder = try SentenceEmbedder(modelFolder: folder.path, threads: 1)
        #expect(embedder.window == (name == "sentence_bert_config.json" ? 18 : 14))
    }

    @Test(arguments: [
        ("config.json", "\"bert\"", "\"roberta\"", "should be \"bert\" or \"xlm-roberta\", it is \"roberta\""),
        ("config.json", "\"gelu\"", "\"relu\"", "its hidden_act should be \"gelu\""),
        ("config.json", "\"num_attention_heads\": 3", "\"num_attention_heads\": 4", "is no multiple of its heads"),
        ("config.json", "\"hidden_size\": 30", "\"hidden_size\": 0", "its hidden_size should be within"),
        ("config.json", "\"hidden_size\": 30", "\"hidden_size\": 60", "by config.json, it is [40, 30]"),
        ("config.json", "\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "encoder.layer.3"),
        ("config.json", "\"vocab_size\": 40", "\"vocab_size\": 41", "should have 41 pieces by config.json, it has 40"),
        ("config.json", "{", "{\"position_embedding_type\":\"relative_key\",", "position_embedding_type should be"),
        ("sentence_bert_config.json", "16", "2", "leaves room for no text"),
        ("modules.json", "Pooling\"", "Dense\"", "the module Dense is none of"),
        ("1_Pooling/config.json", "false", "true", "its pooling should be the mean"),
        ("1_Pooling/config.json", "{", "{\"pooling_mode_max_tokens\": true,", "its pooling should be the mean"),
        ("vocab.txt", "[SEP]", "[SEPARATOR]", "has no [SEP]"),
    ])
    func refusesAnotherKindOfModel(file: String, old: String, new: String, sentence: String) throws {
        let folder = try TemporaryFolder.withTinyModel()
        try folder.replace(old, with: new, in: file)
        let error = error(folder)
        #expect(error?.kind == .unsupportedModel)
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: ["config.json", "modules.json", "1_Pooling/config.json", "sentence_bert_config.json"])
    func saysThatAFileIsNoJSON(name: String) throws {
        let folder = try TemporaryFolder.withTinyModel()
        try folder.write(name, "<html>")
        #expect(error(folder)?.kind == .fileDamaged)
    }

    @Test func refusesACasedTokenizer() throws {
        let folder = try TemporaryFolder.withTinyModel()
        try folder.write("tokenizer_config.json", #"{"do_lower_case": false}"#)
        #expect(error(folder)?.description.contains("uncased") == true)
    }

    @Test func saysThatWeightsGiveNoVectors() async throws {
        let folder = try TemporaryFolder.withTinyModel()
        var bytes = try Fixtures.bytes("tiny/model.safetensors")
        for index in bytes.count - 4000..<bytes.count { bytes[index] = 0xff }
        try folder.write("model.safetensors", bytes)
        let embedder = try SentenceEmbedder(modelFolder: folder.path, threads: 1)
        let error = await #expect(throws: EmbeddingError.self) { try await embedder.embed(["the stack"]) }
        #expect(error?.kind == .notFinite)
    }

    @Test func everyKindHasASentenceAndALabelOfItsOwn() {
        let errors = EmbeddingError.Kind.allCases.map { EmbeddingError($0, path: "/p", "something was found") }
        #expect(Set(errors.map(\.label)).count == errors.count)
        #expect(errors.allSatisfy { $0.description.contains("something was found") && $0.description.hasSuffix(".") })
    }

    /// The hash of large weights is kept beside them; what is kept counts only as long as they stay the same.
    @Test func keepsTheRevisionOfLargeWeights() throws {
        let folder = try TemporaryFolder()
        func revision() throws -> String { WeightsRevision.of(try MappedFile(path: folder.path + "/weights")) }
        func note() throws -> String { try String(contentsOfFile: folder.path + "/weights.revision", encoding: .utf8) }
        try folder.write("weights", [UInt8](repeating: 1, count: 1000))
        #expect(try revision() == String(SHA256.hex([UInt8](repeating: 1, count: 1000)).prefix(16)))
        #expect(throws: (any Error).self) { try note() }

        var bytes = [UInt8](repeating: 1, count: WeightsRevision.worthKeeping)
        try folder.write("weights", bytes)
        let first = try revision()
        #expect(first == String(SHA256.hex(bytes).prefix(16)))
        #expect(try note().hasSuffix("\n\(first)\n"))
        try folder.replace(first, with: "0123456789abcdef", in: "weights.revision")
        #expect(try revision() == "0123456789abcdef", "it is read")
        bytes[7] = 2
        try folder.write("weights", bytes)
        #expect(try revision() == String(SHA256.hex(bytes).prefix(16)))
        try folder.write("weights.revision", "nonsense")
        #expect(try revision() == String(SHA256.hex(bytes).prefix(16)))
    }
}

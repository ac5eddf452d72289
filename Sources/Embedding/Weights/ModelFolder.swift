import FoundationEssentials

/// What a folder in the Hugging Face layout says about its model.
///
/// `config.json` gives the encoder's shape, `sentence_bert_config.json` the window, `tokenizer_config.json` the case,
/// `modules.json` and `1_Pooling/config.json` what follows the encoder. All but the first may be missing; what they
/// would have to say is then taken for granted. Whatever this package does not compute is refused, with a sentence.
struct ModelFolder: Sendable {
    /// The shape of a BERT encoder.
    struct Shape: Sendable, Equatable {
        let hidden: Int
        let layers: Int
        let heads: Int
        let intermediate: Int
        let positions: Int
        let vocabulary: Int
        let types: Int
        let epsilon: Float

        var headSize: Int { hidden / heads }
    }

    let path: String
    let shape: Shape
    /// Word pieces of a text that reach its vector, the two special tokens not counted.
    let window: Int

    /// The folder's own name: the model's name in an `EmbeddingSpace`.
    var name: String { String(path.split(separator: "/").last ?? "model") }
    var weights: String { path + "/model.safetensors" }

    init(path: String) throws {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder else {
            throw EmbeddingError(.folderMissing, path: path, "there is no such folder")
        }
        self.path = path
        shape = try Self.shape(in: path)
        let sentence = try Self.read(SentenceConfiguration.self, "sentence_bert_config.json", in: path)
        let longest = sentence?.maxSeqLength ?? 512
        guard longest > 2 else {
            throw EmbeddingError(.unsupportedModel, path: path, "its max_seq_length \(longest) leaves room for no text")
        }
        window = min(longest, shape.positions) - 2
        try Self.checkModules(in: path)
        if try Self.read(TokenizerConfiguration.self, "tokenizer_config.json", in: path)?.doLowerCase == false {
            throw EmbeddingError(
                .unsupportedModel, path: path + "/tokenizer_config.json", "its tokenizer should be uncased")
        }
    }

    private static func shape(in path: String) throws -> Shape {
        guard let found = try read(EncoderConfiguration.self, "config.json", in: path) else {
            throw EmbeddingError(.fileMissing, path: path + "/config.json", "there is no such file")
        }
        func refused(_ finding: String) -> EmbeddingError {
            EmbeddingError(.unsupportedModel, path: path + "/config.json", finding)
        }
        guard found.modelType ?? "bert" == "bert" else {
            throw refused("its model_type should be \"bert\", it is \"\(found.modelType ?? "")\"")
        }
        guard found.hiddenAct ?? "gelu" == "gelu" else {
            throw refused("its hidden_act should be \"gelu\", it is \"\(found.hiddenAct ?? "")\"")
        }
        guard found.positionEmbeddingType ?? "absolute" == "absolute" else {
            throw refused("its position_embedding_type should be \"absolute\"")
        }
        // No encoder of this kind comes near these; beyond them, sizes would only lead to a failed allocation.
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("hidden_size", found.hiddenSize, 1...8192),
            ("num_hidden_layers", found.numHiddenLayers, 1...128),
            ("num_attention_heads", found.numAttentionHeads, 1...256),
            ("intermediate_size", found.intermediateSize, 1...32768),
            ("max_position_embeddings", found.maxPositionEmbeddings, 3...8192),
            ("vocab_size", found.vocabSize, 5...1_000_000),
            ("type_vocab_size", found.typeVocabSize ?? 2, 1...64),
        ]
        for (name, value, range) in bounds where !range.contains(value) {
            throw refused("its \(name) should be within \(range), it is \(value)")
        }
        guard found.hiddenSize % found.numAttentionHeads == 0 else {
            throw refused("its hidden_size \(found.hiddenSize) is no multiple of its heads")
        }
        return Shape(
            hidden: found.hiddenSize, layers: found.numHiddenLayers, heads: found.numAttentionHeads,
            intermediate: found.intermediateSize, positions: found.maxPositionEmbeddings,
            vocabulary: found.vocabSize, types: found.typeVocabSize ?? 2, epsilon: found.layerNormEps ?? 1e-12)
    }

    private static func checkModules(in path: String) throws {
        let known = ["Transformer", "Pooling", "Normalize"]
        for module in try read([Module].self, "modules.json", in: path) ?? [] {
            let name = module.type.split(separator: ".").last.map(String.init) ?? ""
            guard known.contains(name) else {
                throw EmbeddingError(
                    .unsupportedModel, path: path + "/modules.json", "the module \(name) is none of \(known)")
            }
        }
        guard let pooling = try read(Pooling.self, "1_Pooling/config.json", in: path) else { return }
        let others = [
            pooling.poolingModeClsToken, pooling.poolingModeMaxTokens, pooling.poolingModeMeanSqrtLenTokens,
            pooling.poolingModeWeightedmeanTokens, pooling.poolingModeLasttoken,
        ]
        guard pooling.poolingMode ?? "mean" == "mean", pooling.poolingModeMeanTokens ?? true,
            !others.contains(true)
        else {
            throw EmbeddingError(
                .unsupportedModel, path: path + "/1_Pooling/config.json", "its pooling should be the mean of all tokens"
            )
        }
    }

    /// Nil when there is no such file.
    static func read<Value: Decodable>(_ type: Value.Type, _ name: String, in path: String) throws -> Value? {
        let file = path + "/" + name
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw EmbeddingError(.fileUnreadable, path: file, "it cannot be opened")
        }
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: data)
        } catch {
            throw EmbeddingError(.fileDamaged, path: file, "it is not the JSON that this file should hold")
        }
    }

    // The names are those of the files, `hidden_size` for example.
    private struct EncoderConfiguration: Decodable {
        let modelType: String?
        let hiddenAct: String?
        let positionEmbeddingType: String?
        let hiddenSize: Int
        let numHiddenLayers: Int
        let numAttentionHeads: Int
        let intermediateSize: Int
        let maxPositionEmbeddings: Int
        let vocabSize: Int
        let typeVocabSize: Int?
        let layerNormEps: Float?
    }

    private struct SentenceConfiguration: Decodable {
        let maxSeqLength: Int?
    }

    private struct TokenizerConfiguration: Decodable {
        let doLowerCase: Bool?
    }

    private struct Module: Decodable {
        let type: String
    }

    private struct Pooling: Decodable {
        let poolingMode: String?
        let poolingModeMeanTokens: Bool?
        let poolingModeClsToken: Bool?
        let poolingModeMaxTokens: Bool?
        let poolingModeMeanSqrtLenTokens: Bool?
        let poolingModeWeightedmeanTokens: Bool?
        let poolingModeLasttoken: Bool?
    }
}

import FoundationEssentials

/// What a folder in the Hugging Face layout says about its model.
///
/// `config.json` gives the encoder's shape, `sentence_bert_config.json` the window, `tokenizer_config.json` the case,
/// `modules.json` and `1_Pooling/config.json` what follows the encoder, `config_sentence_transformers.json` what is put
/// before a text. All but the first may be missing; what they would have to say is then taken for granted. Whatever
/// this package does not compute is refused, with a sentence.
struct ModelFolder: Sendable {
    /// What a text's vector is made of.
    enum Pooling: String, Sendable {
        /// The mean of all tokens, those around the text included.
        case mean
        /// The first token.
        case cls
    }

    /// What is put before a text.
    struct Prompts: Sendable, Equatable {
        var query = ""
        var passage = ""

        /// Tells spaces apart whose texts had other words before them.
        var mark: String { query.isEmpty && passage.isEmpty ? "" : " \"\(query)\" \"\(passage)\"" }
    }

    /// The shape of a BERT or XLM-RoBERTa encoder.
    struct Shape: Sendable, Equatable {
        let hidden: Int
        let layers: Int
        let heads: Int
        let intermediate: Int
        let activation: Activation
        /// Of a text, at most.
        let positions: Int
        /// The row of the first position: XLM-RoBERTa leaves out those up to the padding's.
        let firstPosition: Int
        let vocabulary: Int
        let types: Int
        let epsilon: Float

        var headSize: Int { hidden / heads }
    }

    let path: String
    let shape: Shape
    /// Tokens of a text that reach its vector, those around it counted.
    let longest: Int
    let pooling: Pooling
    let prompts: Prompts

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
        longest = min(sentence?.maxSeqLength ?? 512, shape.positions)
        pooling = try Self.pooling(in: path)
        prompts = try Self.prompts(in: path)
    }

    /// The file of the tokenizer decides which it is: a tokenizer.json of kind Unigram, else WordPiece.
    /// - Throws: `EmbeddingError`.
    func tokenizer() throws -> any TextTokenizer {
        let file = path + "/tokenizer.json"
        if !FileManager.default.fileExists(atPath: path + "/vocab.txt"),
            let kind = try Self.read(TokenizerKind.self, "tokenizer.json", in: path), kind.model?.type == "Unigram",
            let unigram = try Self.read(UnigramFile.self, "tokenizer.json", in: path)
        {
            return try unigram.tokenizer(path: file, count: shape.vocabulary)
        }
        if try Self.read(TokenizerConfiguration.self, "tokenizer_config.json", in: path)?.doLowerCase == false {
            throw EmbeddingError(
                .unsupportedModel, path: path + "/tokenizer_config.json", "its WordPiece tokenizer should be uncased")
        }
        return WordPieceTokenizer(vocabulary: try Vocabulary(folder: path, count: shape.vocabulary))
    }

    private static func shape(in path: String) throws -> Shape {
        guard let found = try read(EncoderConfiguration.self, "config.json", in: path) else {
            throw EmbeddingError(.fileMissing, path: path + "/config.json", "there is no such file")
        }
        func refused(_ finding: String) -> EmbeddingError {
            EmbeddingError(.unsupportedModel, path: path + "/config.json", finding)
        }
        let kind = found.modelType ?? "bert"
        guard ["bert", "xlm-roberta"].contains(kind) else {
            throw refused("its model_type should be \"bert\" or \"xlm-roberta\", it is \"\(kind)\"")
        }
        guard let activation = Activation(name: found.hiddenAct ?? "gelu") else {
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
        let firstPosition = kind == "bert" ? 0 : (found.padTokenId ?? 1) + 1
        guard 0..<found.maxPositionEmbeddings - 2 ~= firstPosition else {
            throw refused("its pad_token_id \(found.padTokenId ?? 1) leaves no positions")
        }
        return Shape(
            hidden: found.hiddenSize, layers: found.numHiddenLayers, heads: found.numAttentionHeads,
            intermediate: found.intermediateSize, activation: activation,
            positions: found.maxPositionEmbeddings - firstPosition, firstPosition: firstPosition,
            vocabulary: found.vocabSize, types: found.typeVocabSize ?? 2,
            epsilon: found.layerNormEps ?? (kind == "bert" ? 1e-12 : 1e-5))
    }

    private static func pooling(in path: String) throws -> Pooling {
        let known = ["Transformer", "Pooling", "Normalize"]
        for module in try read([Module].self, "modules.json", in: path) ?? [] {
            let name = module.type.split(separator: ".").last.map(String.init) ?? ""
            guard known.contains(name) else {
                throw EmbeddingError(
                    .unsupportedModel, path: path + "/modules.json", "the module \(name) is none of \(known)")
            }
        }
        guard let found = try read(PoolingConfiguration.self, "1_Pooling/config.json", in: path) else { return .mean }
        let others = [
            found.poolingModeMaxTokens, found.poolingModeMeanSqrtLenTokens, found.poolingModeWeightedmeanTokens,
            found.poolingModeLasttoken,
        ]
        let isFirst = found.poolingModeClsToken ?? false
        let named = found.poolingMode.map { Pooling(rawValue: $0) } ?? (isFirst ? .cls : .mean)
        guard let named, !others.contains(true), isFirst != (found.poolingModeMeanTokens ?? !isFirst) else {
            throw EmbeddingError(
                .unsupportedModel, path: path + "/1_Pooling/config.json",
                "its pooling should be the mean of all tokens or the first one")
        }
        return named
    }

    /// The names are those that sentence-transformers looks for.
    private static func prompts(in path: String) throws -> Prompts {
        let name = "config_sentence_transformers.json"
        guard let file = try read(PromptConfiguration.self, name, in: path), let prompts = file.prompts else {
            return Prompts()
        }
        let other = file.defaultPromptName.flatMap { prompts[$0] } ?? ""
        let passage = ["document", "passage", "corpus"].lazy.compactMap { prompts[$0] }.first
        let found = Prompts(query: prompts["query"] ?? other, passage: passage ?? other)
        guard max(found.query.utf8.count, found.passage.utf8.count) <= 1024 else {
            throw EmbeddingError(.unsupportedModel, path: path + "/" + name, "a prompt is longer than 1,024 bytes")
        }
        return found
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
}

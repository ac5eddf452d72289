/// The files of a model's folder as far as they are read.
extension ModelFolder {
    // The names are those of the files, `hidden_size` for example.
    struct EncoderConfiguration: Decodable {
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
        let padTokenId: Int?
    }

    struct SentenceConfiguration: Decodable {
        let maxSeqLength: Int?
    }

    struct TokenizerConfiguration: Decodable {
        let doLowerCase: Bool?
    }

    struct TokenizerKind: Decodable {
        struct Model: Decodable { let type: String? }

        let model: Model?
    }

    struct PromptConfiguration: Decodable {
        let prompts: [String: String]?
        let defaultPromptName: String?
    }

    struct Module: Decodable {
        let type: String
    }

    struct PoolingConfiguration: Decodable {
        let poolingMode: String?
        let poolingModeMeanTokens: Bool?
        let poolingModeClsToken: Bool?
        let poolingModeMaxTokens: Bool?
        let poolingModeMeanSqrtLenTokens: Bool?
        let poolingModeWeightedmeanTokens: Bool?
        let poolingModeLasttoken: Bool?
    }
}

import FoundationEssentials

/// What a tokenizer.json of kind Unigram says. What this package does not compute is refused, with a sentence.
struct UnigramFile: Decodable {
    /// Nil when the file is of another kind.
    let model: Model?
    private let addedTokens: [Added]?
    private let normalizer: Normalizer?
    private let preTokenizer: PreTokenizer?
    private let postProcessor: PostProcessor?

    /// - Parameter count: the rows of the model's embedding table, at most as many pieces.
    /// - Throws: `EmbeddingError`.
    func tokenizer(path: String, count: Int) throws -> UnigramTokenizer {
        func refused(_ finding: String) -> EmbeddingError { EmbeddingError(.unsupportedModel, path: path, finding) }

        guard let model, !model.vocab.isEmpty else { throw refused("the tokenizer has no pieces") }
        let added = addedTokens ?? []
        guard model.vocab.count <= count, added.allSatisfy({ 0..<count ~= $0.id }) else {
            throw refused("the tokenizer has more pieces than the \(count) of config.json")
        }
        guard let unknown = model.unkId, model.vocab.indices.contains(unknown) else {
            throw refused("the tokenizer has no unknown piece")
        }
        guard model.vocab.allSatisfy({ $0.score.isFinite }) else { throw refused("a piece's score is no number") }
        let vocabulary = UnigramVocabulary(
            pieces: model.vocab.map { (Array($0.text.utf8), $0.score) }, unknown: Int32(unknown),
            fallsBackToBytes: model.byteFallback ?? false)
        let tokens = added.map {
            AddedTokens.Token(
                text: Array($0.content.utf8), id: Int32($0.id), takesLeft: $0.lstrip ?? false,
                takesRight: $0.rstrip ?? false)
        }
        return UnigramTokenizer(
            vocabulary: vocabulary, added: AddedTokens(tokens), normalizers: try normalizer?.steps(refused) ?? [],
            words: try words(refused), frame: try frame(count, refused))
    }

    private func words(_ refused: (String) -> EmbeddingError) throws -> MetaspaceSplitter {
        let parts = preTokenizer.map { $0.type == "Sequence" ? $0.pretokenizers ?? [] : [$0] } ?? []
        let types = parts.map(\.type)
        guard types == ["Metaspace"] || types == ["WhitespaceSplit", "Metaspace"], let last = parts.last else {
            throw refused("the pre-tokenizer should be a Metaspace, it is \(types)")
        }
        let older = last.addPrefixSpace ?? true ? MetaspaceSplitter.Prefix.always : .never
        guard let prefix = last.prependScheme.map({ MetaspaceSplitter.Prefix(rawValue: $0) }) ?? older else {
            throw refused("the prepend_scheme \(last.prependScheme ?? "") is none of always, first and never")
        }
        let mark = Array((last.replacement ?? "\u{2581}").utf8)
        guard !mark.isEmpty else { throw refused("the mark of a space is empty") }
        return MetaspaceSplitter(
            mark: mark, prefix: prefix, splits: last.split ?? true, splitsAtSpace: parts.count == 2)
    }

    private func frame(_ count: Int, _ refused: (String) -> EmbeddingError) throws -> TokenFrame {
        guard let postProcessor else { throw refused("it puts no tokens around a text") }
        var start: [Int] = []
        var end: [Int] = []
        switch postProcessor.type {
        case "TemplateProcessing":
            let template = postProcessor.single ?? []
            guard template.count(where: { $0.sequence != nil }) == 1 else {
                throw refused("the template should have one place for the text")
            }
            var isBefore = true
            for part in template {
                guard let token = part.specialToken else {
                    isBefore = false
                    continue
                }
                guard let ids = postProcessor.specialTokens?[token.id]?.ids else {
                    throw refused("the template's token \(token.id) has no id")
                }
                if isBefore { start += ids } else { end += ids }
            }
        case "RobertaProcessing", "BertProcessing":
            start = [postProcessor.cls?.id].compactMap { $0 }
            end = [postProcessor.sep?.id].compactMap { $0 }
        default: throw refused("the post-processor \(postProcessor.type) is not known")
        }
        guard (start + end).allSatisfy({ 0..<count ~= $0 }), 1...8 ~= start.count + end.count else {
            throw refused("the tokens around a text are out of bounds")
        }
        return TokenFrame(start: start.map(Int32.init), end: end.map(Int32.init))
    }

    struct Model: Decodable {
        struct Piece: Decodable {
            let text: String
            let score: Double

            init(from decoder: any Decoder) throws {
                var pair = try decoder.unkeyedContainer()
                text = try pair.decode(String.self)
                score = try pair.decode(Double.self)
            }
        }

        let type: String?
        let unkId: Int?
        let byteFallback: Bool?
        let vocab: [Piece]
    }

    private struct Added: Decodable {
        let id: Int
        let content: String
        let lstrip: Bool?
        let rstrip: Bool?
    }

    private final class Normalizer: Decodable {
        struct Pattern: Decodable {
            let text: String?
            let expression: String?

            enum CodingKeys: String, CodingKey {
                case text = "String"
                case expression = "Regex"
            }
        }

        let type: String
        let normalizers: [Normalizer]?
        let precompiledCharsmap: String?
        let pattern: Pattern?
        let content: String?
        let stripLeft: Bool?
        let stripRight: Bool?

        func steps(_ refused: (String) -> EmbeddingError) throws -> [UnigramNormalizer] {
            switch type {
            case "Sequence": return try (normalizers ?? []).flatMap { try $0.steps(refused) }
            case "Precompiled":
                guard let bytes = Data(base64Encoded: precompiledCharsmap ?? ""),
                    let charsmap = PrecompiledCharsmap([UInt8](bytes))
                else { throw refused("the precompiled_charsmap has not the form of one") }
                return [.charsmap(charsmap)]
            case "Strip": return [.strip(left: stripLeft ?? true, right: stripRight ?? true)]
            case "Lowercase": return [.lowercase]
            case "Replace":
                if let text = pattern?.text, !text.isEmpty { return [.replace(text, content ?? "")] }
                if pattern?.expression == " {2,}" { return [.spaces(content ?? "")] }
                throw refused("the normalizer's pattern \(pattern?.expression ?? "") is not known")
            default: throw refused("the normalizer \(type) is not known")
            }
        }
    }

    private final class PreTokenizer: Decodable {
        let type: String
        let pretokenizers: [PreTokenizer]?
        let replacement: String?
        let prependScheme: String?
        let addPrefixSpace: Bool?
        let split: Bool?
    }

    private struct PostProcessor: Decodable {
        struct Part: Decodable {
            struct Token: Decodable { let id: String }

            let specialToken: Token?
            let sequence: Token?

            enum CodingKeys: String, CodingKey {
                case specialToken = "SpecialToken"
                case sequence = "Sequence"
            }
        }

        struct Special: Decodable { let ids: [Int] }

        /// Written as a pair of text and id.
        struct Pair: Decodable {
            let id: Int

            init(from decoder: any Decoder) throws {
                var pair = try decoder.unkeyedContainer()
                _ = try pair.decode(String.self)
                id = try pair.decode(Int.self)
            }
        }

        let type: String
        let single: [Part]?
        let specialTokens: [String: Special]?
        let cls: Pair?
        let sep: Pair?
    }
}

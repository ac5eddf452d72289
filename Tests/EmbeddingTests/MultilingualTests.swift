import FoundationEssentials
import Testing

@testable import Embedding

/// Models of other kinds than the shipped one, against `transformers` and `tokenizers` (Tests/Fixtures/embedding).
@Suite struct MultilingualTests {
    private static let folder = Fixtures.folder + "../../Fixtures/embedding/"

    private static func texts(_ model: String) throws -> [String] {
        try Fixtures.texts("../../Fixtures/embedding/\(model)/texts.jsonl")
    }

    private static func vectors(_ model: String) throws -> [Float] {
        try Fixtures.floats("../../Fixtures/embedding/\(model)/vectors.f32")
    }

    private func expectSame(_ found: [Float], _ expected: [Float], _ dimension: Int, _ level: KernelLevel) {
        #expect(found.count == expected.count)
        for start in stride(from: 0, to: min(found.count, expected.count), by: dimension) {
            let cosine = (start..<start + dimension).reduce(Float(0)) { $0 + found[$1] * expected[$1] }
            #expect(cosine >= (level.hasFloats ? 0.999999 : 0.9995), "text \(start / dimension) at \(level)")
        }
    }

    @Test(arguments: KernelLevel.tested)
    func xlmRoberta(level: KernelLevel) async throws {
        let embedder = try SentenceEmbedder(modelFolder: Self.folder + "xlm", threads: 1, level: level)
        let texts = try Self.texts("xlm")
        let passages = try await embedder.embed(texts)
        let queries = try await embedder.embed(texts, as: .query, priority: .interactive)
        expectSame(passages + queries, try Self.vectors("xlm"), embedder.space.dimension, level)
        #expect(try await embedder.embed(query: texts[1]) == Array(queries[24..<48]))
        #expect(embedder.space.pooling == "mean \"query: \" \"passage: \"")
        // 40 less <s> and </s>, less the tokens of a prompt.
        #expect(embedder.window == 38 - max(embedder.tokenCount("query: "), embedder.tokenCount("passage: ")))
    }

    @Test(arguments: KernelLevel.tested)
    func bertWithUnigram(level: KernelLevel) async throws {
        let folder = try TemporaryFolder()
        for name in ["config.json", "model.safetensors", "sentence_bert_config.json"] {
            try folder.write(name, try Fixtures.bytes("../../Fixtures/embedding/e5/\(name)"))
        }
        try folder.write("tokenizer.json", try Fixtures.bytes("../../Fixtures/embedding/xlm/tokenizer.json"))
        let embedder = try SentenceEmbedder(modelFolder: folder.path, threads: 1, level: level)
        let found = try await embedder.embed(try Self.texts("e5"))
        expectSame(found, try Self.vectors("e5"), embedder.space.dimension, level)
        #expect(embedder.window == 38 && embedder.space.pooling == "mean")
    }

    @Test(arguments: KernelLevel.tested)
    func firstTokenAndGELUByTanh(level: KernelLevel) async throws {
        let embedder = try SentenceEmbedder(modelFolder: Self.folder + "bge", threads: 1, level: level)
        let found = try await embedder.embed(try Self.texts("bge"))
        expectSame(found, try Self.vectors("bge"), embedder.space.dimension, level)
        #expect(embedder.space.pooling == "cls")
    }

    /// What make_models.py changes in the file, in its order.
    private static let variants: [[(String, String)]] = [
        [],
        [
            (#""pretokenizers":[{"type":"WhitespaceSplit"},"#, #""pretokenizers":["#),
            (
                #""normalizer":{"#,
                #""normalizer":{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":" {2,}"},"#
                    + #""content":" "},{"type":"Strip","strip_left":true,"strip_right":true}]},"was":{"#
            ),
        ],
        [
            (#""byte_fallback":false"#, #""byte_fallback":true"#),
            (#""prepend_scheme":"always""#, #""prepend_scheme":"first""#), (#""split":true"#, #""split":false"#),
            (#""pretokenizers":[{"type":"WhitespaceSplit"},"#, #""pretokenizers":["#),
        ],
    ]

    private func tokenizer(_ changes: [(String, String)]) throws -> any TextTokenizer {
        let folder = try TemporaryFolder()
        try folder.write("config.json", try Fixtures.bytes("../../Fixtures/embedding/xlm/config.json"))
        try folder.write("tokenizer.json", try Fixtures.bytes("../../Fixtures/embedding/xlm/tokenizer.json"))
        for (old, new) in changes { try folder.replace(old, with: new, in: "tokenizer.json") }
        return try ModelFolder(path: folder.path).tokenizer()
    }

    @Test(arguments: 0..<3)
    func givesTheIdsOfTheReference(variant: Int) throws {
        let tokenizer = try tokenizer(Self.variants[variant])
        var texts = try Fixtures.texts("tokens.jsonl")
        texts += texts.indices.map { texts[$0] + texts[(7 * $0 + 3) % texts.count] }
        try #require(texts.count == 5000)
        let hashes = try Fixtures.bytes("../../Fixtures/embedding/unigram.hashes")
        try #require(hashes.count == 3 * 8 * texts.count)
        var wrong: [String] = []
        for (number, text) in texts.enumerated() {
            var ids: [Int32] = []
            tokenizer.append(text, limit: .max, to: &ids)
            let place = 8 * (variant * texts.count + number)
            let expected = hashes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if expected != ids.reduce(0xcbf2_9ce4_8422_2325, { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }) {
                wrong.append(text.debugDescription)
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) texts: \(wrong.prefix(3))")
    }

    @Test func stopsAtTheLimit() throws {
        let tokenizer = try tokenizer([])
        let text = "A recursão precisa de um caso-base </s> 漢字 and more"
        var all: [Int32] = []
        tokenizer.append(text, limit: .max, to: &all)
        for limit in 0...all.count + 1 {
            var some: [Int32] = [7]
            tokenizer.append(text, limit: limit, to: &some)
            #expect(some == [7] + all.prefix(limit))
        }
        #expect(tokenizer.frame == TokenFrame(start: [0], end: [2]))
    }

    @Test(arguments: [
        (#""type":"Precompiled""#, #""type":"NFKC""#, "the normalizer NFKC is not known"),
        (#""precompiled_charsmap":""#, #""precompiled_charsmap":"////""#, "is not the JSON"),
        (#""type":"Metaspace""#, #""type":"ByteLevel""#, "should be a Metaspace"),
        (#""prepend_scheme":"always""#, #""prepend_scheme":"now and then""#, "none of always, first and never"),
        (#""unk_id":3"#, #""unk_id":3000"#, "no unknown piece"),
        (#""type":"TemplateProcessing""#, #""type":"ByteLevel""#, "the post-processor ByteLevel"),
        (#""ids":[2]"#, #""ids":[5000]"#, "out of bounds"),
        (#""vocab":[["#, #""vocab":[["x","y"],["#, "is not the JSON"),
    ])
    func refusesAnotherKindOfTokenizer(old: String, new: String, sentence: String) {
        let error = #expect(throws: EmbeddingError.self) { try tokenizer([(old, new)]) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    @Test func refusesDamagedCharsmaps() {
        #expect(PrecompiledCharsmap([]) == nil)
        #expect(PrecompiledCharsmap([255, 255, 255, 255, 0]) == nil)
        #expect(PrecompiledCharsmap([3, 0, 0, 0, 1, 2, 3]) == nil)
        // A trie whose offsets and places lead nowhere.
        for unit in [UInt8(0), 0x41, 0xff] {
            guard let charsmap = PrecompiledCharsmap([8, 0, 0, 0] + [UInt8](repeating: unit, count: 8)) else {
                Issue.record("the form holds")
                return
            }
            var text = "Aé\r\n漢"
            var out: [UInt8] = []
            charsmap.append(&text, to: &out)
            #expect(out.count <= 9)
        }
    }
}

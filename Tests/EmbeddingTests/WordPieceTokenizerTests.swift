import Testing

@testable import Embedding

@Suite struct WordPieceTokenizerTests {
    @Test func givesTheIdsOfTheReference() throws {
        let tokenizer = try Fixtures.tokenizer.get()
        let texts = try Fixtures.texts("tokens.jsonl")
        let numbers = try Fixtures.bytes("tokens.ids")
        try #require(texts.count >= 2_000)
        var place = 0
        func number(_ width: Int) -> Int {
            defer { place += width }
            return (0..<width).reduce(0) { $0 | Int(numbers[place + $1]) << (8 * $1) }
        }
        for (line, text) in texts.enumerated() {
            let expected = (0..<number(4)).map { _ in Int32(number(2)) }
            var ids: [Int32] = []
            tokenizer.append(text, limit: .max, to: &ids)
            #expect(ids == expected, "line \(line + 1) of tokens.jsonl: \(text.debugDescription.prefix(200))")
        }
        #expect(place == numbers.count)
    }

    @Test func agreesWithTheReferenceOnEveryCodePoint() throws {
        let tokenizer = try Fixtures.tokenizer.get()
        let bytes = try Fixtures.bytes("codepoints.hashes")
        try #require(bytes.count == 8 * 0x110000 / 1024)
        for block in 0..<0x110000 / 1024 {
            var ids: [Int32] = []
            for code in UInt32(block * 1024)..<UInt32(block * 1024 + 1024) {
                guard let scalar = Unicode.Scalar(code) else { continue }
                tokenizer.append("a\(scalar)b \(scalar)", limit: .max, to: &ids)
                ids.append(-1)
            }
            let expected = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 * block + $1]) << (8 * $1) }
            #expect(hash(ids) == expected, "of the code points from \(String(block * 1024, radix: 16)) on")
        }
    }

    @Test(arguments: [0, 1, 2, 7, 254])
    func stopsAtTheLimit(limit: Int) throws {
        let tokenizer = try Fixtures.tokenizer.get()
        for text in ["", "one two three", "unbelievably long-winded antidisestablishmentarianism ", "e\u{301}漢字[SEP]"] {
            let text = String(repeating: text, count: 40)
            var all: [Int32] = [7]
            tokenizer.append(text, limit: .max, to: &all)
            var some: [Int32] = [7]
            tokenizer.append(text, limit: limit, to: &some)
            #expect(some == Array(all.prefix(1 + limit)))
        }
    }

    @Test func countsWithoutSpecialTokens() throws {
        let embedder = try Fixtures.embedder.get()
        #expect(embedder.tokenCount("") == 0)
        #expect(embedder.tokenCount("Olá! O que é recursão?") == 10)
        #expect(embedder.tokenCount(String(repeating: "word ", count: 1000)) == 1000)
    }

    @Test func readsTheVocabularyOfATokenizerFile() throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "tokenizer.json",
            ###"{"model":{"type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"un":3,"##able":4,"able":5}}}"###)
        let tokenizer = WordPieceTokenizer(vocabulary: try Vocabulary(folder: folder.path, count: 6))
        var ids: [Int32] = []
        tokenizer.append("unable ABLE unx", limit: .max, to: &ids)
        #expect(ids == [3, 4, 5, 0])
    }

    @Test func refusesAVocabularyOfAnotherSizeOrWithoutSpecialTokens() throws {
        let folder = try TemporaryFolder()
        try folder.write("vocab.txt", "[UNK]\r\n[CLS]\r\nword\r\n")
        let size = #expect(throws: EmbeddingError.self) { try Vocabulary(folder: folder.path, count: 4) }
        #expect(size?.description.contains("should have 4 pieces by config.json, it has 3") == true)
        let special = #expect(throws: EmbeddingError.self) { try Vocabulary(folder: folder.path, count: 3) }
        #expect(special?.description.contains("has no [SEP]") == true)
    }

    /// FNV-1a 64, an id at a time.
    private func hash(_ ids: [Int32]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for id in ids { hash = (hash ^ UInt64(UInt32(bitPattern: id))) &* 0x100_0000_01b3 }
        return hash
    }
}

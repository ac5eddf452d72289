import Testing

@testable import Embedding

/// Against vectors that sentence-transformers computed (Fixtures/make_vectors.py).
@Suite struct ParityTests {
    @Test(arguments: KernelLevel.available)
    func givesTheVectorsOfSentenceTransformers(level: KernelLevel) async throws {
        let embedder = try SentenceEmbedder(modelFolder: Fixtures.modelFolder, threads: 2, level: level)
        let texts = try Fixtures.texts("vectors.jsonl")
        try #require(texts.count >= 100)
        let expected = try Fixtures.floats("vectors.f32")
        try #require(expected.count == texts.count * embedder.space.dimension)
        let found = try await embedder.embed(texts)
        try #require(found.count == expected.count)
        for line in texts.indices {
            let place = line * embedder.space.dimension..<(line + 1) * embedder.space.dimension
            let cosine = zip(found[place], expected[place]).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(
                cosine >= (level.hasFloats ? 0.999999 : 0.9999), "line \(line + 1) of vectors.jsonl, level \(level)")
        }
    }

    /// An encoder of which no width is a multiple of a vector, with another epsilon, window and tensor prefix.
    @Test(arguments: KernelLevel.tested)
    func givesTheVectorsOfTransformersForAnotherShape(level: KernelLevel) async throws {
        let embedder = try SentenceEmbedder(modelFolder: Fixtures.folder + "tiny", threads: 1, level: level)
        #expect(embedder.window == 14)
        let found = try await embedder.embed(try Fixtures.texts("tiny/texts.jsonl"))
        let expected = try Fixtures.floats("tiny/vectors.f32")
        #expect(found.count == expected.count)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < (level.hasFloats ? 1e-5 : 0.02) })
    }

    @Test func aVectorDoesNotDependOnItsNeighbours() async throws {
        let embedder = try Fixtures.embedder.get()
        let texts = ["and the second one?", "short", String(repeating: "a longer text ", count: 90)]
        let together = try await embedder.embed(texts + texts.reversed())
        for (index, text) in texts.enumerated() {
            let alone = try await embedder.embed([text])
            let dimension = embedder.space.dimension
            for place in [index, 5 - index] {
                let vector = together[place * dimension..<(place + 1) * dimension]
                #expect(zip(alone, vector).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    @Test func describesItsSpace() throws {
        let embedder = try Fixtures.embedder.get()
        #expect(embedder.space.dimension == 384)
        #expect(embedder.space.pooling == "mean")
        #expect(embedder.space.name == "all-MiniLM-L6-v2")
        #expect(embedder.space.revision == "53aa51172d142c89")
        #expect(embedder.window == 254)
    }
}

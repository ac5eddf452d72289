import Support
import Testing

@testable import Embedding

@Suite struct SentenceEmbedderTests {
    private func tiny(threads: Int = 2) throws -> SentenceEmbedder {
        try SentenceEmbedder(modelFolder: Fixtures.folder + "tiny", threads: threads)
    }

    @Test func noTextsHaveNoVectors() async throws {
        #expect(try await tiny().embed([]).isEmpty)
    }

    /// Many callers, requests of all sizes: everyone gets the vectors of his own texts, in his order.
    @Test func servesManyCallersAtOnce() async throws {
        let embedder = try tiny(threads: 3)
        let dimension = embedder.space.dimension
        let words = "abcdefghijklmnop".map { String($0) }
        let alone = try await words.asyncMap { try await embedder.embed([$0]) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<24 {
                group.addTask {
                    let order = (0..<(caller % 4 == 0 ? 900 : caller)).map { ($0 * 7 + caller) % words.count }
                    let vectors = try await embedder.embed(order.map { words[$0] })
                    #expect(vectors.count == order.count * dimension)
                    for (place, word) in order.enumerated() {
                        let vector = vectors[place * dimension..<(place + 1) * dimension]
                        let isRight = zip(vector, alone[word]).allSatisfy { abs($0 - $1) < 1e-5 }
                        #expect(isRight, "caller \(caller), text \(place)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aCancelledRequestEndsAtOnceAndHoldsNobodyUp() async throws {
        let embedder = try Fixtures.embedder.get()
        // Minutes of work, were it done.
        let texts = [String](repeating: String(repeating: "a long text ", count: 100), count: 20_000)
        let task = Task { try await embedder.embed(texts) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await embedder.embed(["a question"]).count == 384)
    }

    /// With one thread that has minutes of work, a question is answered first; the document is then still unfinished.
    @Test func aQuestionOvertakesADocument() async throws {
        let embedder = try SentenceEmbedder(modelFolder: Fixtures.modelFolder, threads: 1)
        let texts = [String](repeating: String(repeating: "a long text ", count: 100), count: 20_000)
        let document = Task { try await embedder.embed(texts) }
        for question in ["What is recursion?", "and the second one?"] {
            #expect(try await embedder.embed([question]).count == 384)
        }
        document.cancel()
        await #expect(throws: CancellationError.self) { try await document.value }
    }

    @Test func aPassEndsBetweenLayers() throws {
        let folder = try ModelFolder(path: Fixtures.folder + "tiny")
        let model = try BertModel(weights: try Safetensors(path: folder.weights), shape: folder.shape, level: .best)
        let pass = try ForwardPass(model: model, pooling: .mean, capacity: 20)
        var layers = 0
        let vectors = pass.vectors(ids: [2, 5, 3], lengths: [3]) {
            layers += 1
            return layers == 2
        }
        #expect(vectors == nil && layers == 2)
        #expect(pass.vectors(ids: [2, 5, 3, 2, 3], lengths: [3, 2]) { false }?.count == 60)
    }

    @Test func whatIsAskedBeforeTheEndIsAnswered() async throws {
        // Nobody but the call itself holds the embedder.
        let vectors = try await tiny(threads: 1).embed([String](repeating: "abc", count: 2000))
        #expect(vectors.count == 60_000)
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

import Testing

@testable import Embedding

@Suite struct BatchQueueTests {
    private let question = ["What is recursion?"]

    /// About 1,000 tokens a text by the estimate, of which 256 count.
    private func document(_ texts: Int) -> [String] {
        [String](repeating: String(repeating: "long ", count: 800), count: texts)
    }

    private func request(_ texts: [String]) -> EmbeddingRequest { EmbeddingRequest(texts: texts, dimension: 1) }

    @Test func shortRequestsGoFirstAndLongOnesTakeTurns() throws {
        let queue = BatchQueue(window: 254)
        let first = request(document(5))
        let second = request(document(3))
        let short = request(question)
        for request in [first, second, short] { try queue.add(request) }
        var order: [(EmbeddingRequest, Range<Int>)] = []
        for _ in 0..<6 {
            let batch = try #require(queue.next())
            order.append((batch.request, batch.range))
        }
        #expect(order[0].0 === short)
        #expect(order.dropFirst().map { $0.0 === first } == [true, false, true, false, true])
        #expect(order.map(\.1) == [0..<1, 0..<2, 0..<2, 2..<4, 2..<3, 4..<5])
        queue.stop()
        #expect(queue.next() == nil)
    }

    @Test func aStreamOfShortRequestsDoesNotStopALongOne() throws {
        let queue = BatchQueue(window: 254)
        let long = request(document(2))
        try queue.add(long)
        for _ in 0..<2 * BatchQueue.patience { try queue.add(request(question)) }
        for _ in 0..<BatchQueue.patience { #expect(queue.nextShort() != nil) }
        #expect(queue.nextShort() == nil)
        #expect(queue.next()?.request === long)
        #expect(queue.nextShort() != nil)
    }

    @Test func aTextLongerThanABatchIsABatch() throws {
        let queue = BatchQueue(window: 4094)
        try queue.add(request([String(repeating: "x", count: 100_000)]))
        #expect(queue.next()?.range == 0..<1)
    }

    @Test func refusesMoreThanItsBound() throws {
        let queue = BatchQueue(window: 254)
        for _ in 0..<BatchQueue.mostWaiting { try queue.add(request(question)) }
        let error = #expect(throws: EmbeddingError.self) { try queue.add(request(question)) }
        #expect(error?.kind == .overloaded)
    }

    @Test func forgetsWhatNobodyWaitsFor() throws {
        let queue = BatchQueue(window: 254)
        let long = request(document(9))
        let short = request(question)
        try queue.add(long)
        try queue.add(short)
        queue.remove(long)
        queue.remove(short)
        queue.stop()
        #expect(queue.next() == nil)
    }

    @Test(
        arguments: [
            ([], []), ([5], [1]), ([5, 5, 5], [3]), ([10, 10], [2]), ([10, 10, 1], [2, 1]),
            ([20, 20, 20], [1, 1, 1]), ([1, 1, 1, 20], [3, 1]), ([20, 1, 1], [1, 2]),
        ] as [([Int], [Int])])
    func sharesABatchOutToPasses(lengths: [Int], expected: [Int]) {
        let passes = InferenceThread.passes(lengths, capacity: 20)
        #expect(passes == expected)
    }
}

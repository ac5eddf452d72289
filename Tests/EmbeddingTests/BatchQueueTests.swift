import Testing

@testable import Embedding

@Suite struct BatchQueueTests {
    private let question = ["What is recursion?"]

    /// About 1,000 tokens a text by the estimate, of which 256 count.
    private func document(_ texts: Int) -> [String] {
        [String](repeating: String(repeating: "long ", count: 800), count: texts)
    }

    private func request(_ texts: [String], _ priority: EmbeddingPriority = .interactive) -> EmbeddingRequest {
        EmbeddingRequest(texts: texts, dimension: 1, priority: priority)
    }

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
        let running = request(document(2), .background)
        try queue.add(running)
        let batch = try #require(queue.next())
        try queue.add(long)
        for _ in 0..<2 * BatchQueue.patience { try queue.add(request(question)) }
        for _ in 0..<BatchQueue.patience { #expect(queue.nextShort(before: batch)?.request.texts == question) }
        #expect(queue.next()?.request === long)
        #expect(queue.nextShort(before: batch)?.request.texts == question)
    }

    @Test func aPatientRequestGoesBehindQuestionsHoweverShortItIs() throws {
        let queue = BatchQueue(window: 254)
        let check = request(question, .patient)
        let asked = request(question)
        for request in [request(question, .background), check, asked] { try queue.add(request) }
        #expect(queue.next()?.request === asked)
        #expect(queue.next()?.request === check)
        #expect(queue.next()?.isBackground == true)
    }

    @Test func whatSomebodyWaitsForGoesBeforeTheBackground() throws {
        let queue = BatchQueue(window: 254)
        let book = request(document(9), .background)
        let note = request(question, .background)
        let answer = request(document(2))
        let asked = request(question)
        for request in [book, note, answer, asked] { try queue.add(request) }
        #expect(queue.next()?.request === asked)
        #expect(queue.next()?.request === answer)
        #expect(queue.next()?.request === book)
        let batch = try #require(queue.next())
        #expect(batch.request === note && batch.isBackground)
        #expect(queue.nextShort(before: batch) == nil, "the book does not go before the note")

        let long = request(document(2))
        try queue.add(long)
        let piece = try #require(queue.nextShort(before: batch))
        #expect(piece.request === long && piece.range == 0..<1 && !piece.isBackground)
        #expect(queue.nextShort(before: piece) == nil, "nor one long request before another")
        try queue.add(request(question))
        #expect(queue.nextShort(before: piece)?.request.texts == question)
    }

    @Test func theBackgroundIsNotPassedOverForEver() throws {
        let queue = BatchQueue(window: 254)
        let book = request(document(4), .background)
        try queue.add(book)
        var turns: [Bool] = []
        for _ in 0..<3 * (BatchQueue.patience + 1) {
            try queue.add(request(question))
            turns.append(try #require(queue.next()).isBackground)
        }
        let period = [Bool](repeating: false, count: BatchQueue.patience) + [true]
        #expect(turns == period + period + [Bool](repeating: false, count: BatchQueue.patience + 1))
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

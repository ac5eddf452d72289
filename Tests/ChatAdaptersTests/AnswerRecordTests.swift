import ChatService
import Support
import Testing

/// What every `AnswerRecord` promises.
@Suite("Answer record", .timeLimit(.minutes(10)))
struct AnswerRecordTests {
    @Test("The tally looks at the newest only, within its window", arguments: StoreKind.durable)
    func tally(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        for _ in 0..<12 {
            _ = try await test.store.accept(test.question())
            test.time.advance(by: .seconds(60))
        }
        func tally(_ window: Int, _ limit: Int) async throws -> Int {
            try await test.store.answers(within: .seconds(window), patience: .zero, limit: limit).unanswered
        }
        #expect(try await tally(900, 1_000) == 12)
        #expect(try await tally(900, 5) == 5)
        #expect(try await tally(180, 1_000) == 3)
        #expect(try await tally(59, 1_000) == 0)
        let newest = try await test.store.answers(within: .seconds(900), patience: .seconds(120), limit: 1_000)
        #expect(newest.unanswered == 11 && newest.newest == test.time.now + .seconds(-120))
    }

    @Test("Greetings say nothing of how questions fare", arguments: StoreKind.durable)
    func asides(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        for (model, isGrounded) in [("m", true), ("none", false), (AnswerMetadata.smallTalkModel, false)] {
            _ = try await test.store.accept(test.question())
            let lease = try #require(try await test.store.lease(for: .seconds(30)))
            let answer = Answer(
                content: "x", citations: [], grounded: isGrounded,
                metadata: AnswerMetadata(model: model, provider: "p"))
            #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        }
        let tally = try await test.store.answers(within: .seconds(900), patience: .zero, limit: 10)
        #expect(tally == AnswerTally(good: 1, ungrounded: 1, newest: test.time.now))
    }
}

import ChatService
import Support
import TestSupport
import Testing

/// What every `Feedback` and every `Insights` promise.
@Suite("Feedback and insights", .timeLimit(.minutes(10)))
struct InsightsTests {
    private let course: CourseID
    private let ana = UserID("ana")
    private let bia = UserID("bia")

    init() throws { course = try CourseID("algoritmos") }

    private static func answer(
        model: String = "m", provider: String = "p", grounded: Bool = true, degraded: Bool = false, cost: Double? = 0.25
    ) -> Answer {
        Answer(
            content: "answer", citations: [], grounded: grounded,
            metadata: AnswerMetadata(model: model, provider: provider, costUsd: cost, degraded: degraded))
    }

    private static let refusal = answer(
        model: AnswerMetadata.noModel, provider: AnswerMetadata.noModel, grounded: false, cost: 0)

    /// Asks, and lets the question end after a while.
    /// - Returns: the answer's message and the conversation.
    @discardableResult
    private func ask(
        _ test: StoreUnderTest, _ text: String = "?", user: UserID = .local, course: CourseID? = nil,
        after wait: Duration = .seconds(2), with answer: Answer
    ) async throws -> (message: String, conversation: String) {
        let accepted = try await test.store.accept(
            Submission(user: user, message: text, course: course ?? self.course, traceID: "t"))
        test.time.advance(by: wait)
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        let message = RandomIdentifier.make()
        #expect(try await test.store.finish(lease, with: .answered(answer, messageID: message)))
        return (message, accepted.conversationID)
    }

    private func days(_ test: StoreUnderTest, _ course: CourseID? = nil) async throws -> [DayFigures] {
        let today = test.time.now.day
        return try await test.store.days(today - 30...today, of: course ?? self.course)
    }

    private func gaps(_ test: StoreUnderTest, limit: Int = 100, reader: UserID? = nil) async throws -> [Gap] {
        try await test.store.gaps(in: course, since: Timestamp(milliseconds: 0), limit: limit, reader: reader)
    }

    // MARK: - Days

    @Test("Each question is counted once, by how it ended", arguments: StoreKind.durable)
    func outcomes(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        try await ask(test, with: Self.answer())
        try await ask(test, after: .seconds(4), with: Self.answer(cost: nil))
        try await ask(test, with: Self.answer(grounded: false))
        try await ask(test, with: Self.answer(degraded: true))
        try await ask(test, with: Self.refusal)
        try await ask(
            test,
            with: Self.answer(model: AnswerMetadata.smallTalkModel, provider: AnswerMetadata.noModel, grounded: false))
        try await ask(test, course: CourseID("outro"), with: Self.answer())
        _ = try await test.store.accept(test.question("fails"))
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        #expect(try await test.store.finish(lease, with: .failed(JobFailure(.llmUnavailable))))
        // Too late: the lease is over, and nothing is counted twice.
        #expect(try await !test.store.finish(lease, with: .answered(Self.answer(), messageID: "x")))

        let found = try await days(test)
        #expect(found.count == 1)
        let day = try #require(found.first)
        #expect(day.day == test.time.now.day)
        #expect(
            day.outcomes == [
                .answered: 2, .ungrounded: 1, .degraded: 1, .refused: 1, .failed(.llmUnavailable): 1,
            ])
        #expect(day.questions == 6 && day.failed == 1 && day.failures == [.llmUnavailable: 1])
        #expect(abs(day.costUSD - 0.75) < 1e-9)
        // Nothing is known of a time that has no answer.
        #expect(day.times.total == 5)
        let (median, longest) = (try #require(day.times.seconds(at: 0.5)), try #require(day.times.seconds(at: 1)))
        #expect(abs(median - 2) < 0.07 && abs(longest - 4) < 0.13)
        #expect(day.answerRate == 2.0 / 6)
        #expect(try await days(test, CourseID("outro")).first?.questions == 1)
        #expect(try await days(test, CourseID("leer")).isEmpty)
    }

    @Test("Taken back in impatience it counts, taken back at once it does not", arguments: StoreKind.durable)
    func cancellations(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let quick = try await test.store.accept(test.question("oops"))
        #expect(try await test.store.end(job: quick.jobID, with: JobFailure(.cancelled)))
        #expect(try await days(test).isEmpty)
        let slow = try await test.store.accept(test.question("well?"))
        test.time.advance(by: AnswerRateWatch.Parameters().patience)
        #expect(try await test.store.end(job: slow.jobID, with: JobFailure(.cancelled)))
        #expect(try await !test.store.end(job: slow.jobID, with: JobFailure(.cancelled)))
        #expect(try await days(test).map(\.outcomes) == [[.withdrawn: 1]])
    }

    @Test("The answer rate is the one that the watch sees", arguments: StoreKind.durable)
    func sameRate(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        for answer in [
            Self.answer(), Self.answer(), Self.refusal, Self.answer(degraded: true), Self.answer(grounded: false),
        ] {
            try await ask(test, with: answer)
        }
        let tally = try await test.store.answers(within: .seconds(600), patience: .seconds(60), limit: 100)
        #expect(try await days(test).first?.answerRate == tally.rate && tally.rate == 0.4)
    }

    @Test(
        "Days are those on which questions were accepted, and stay when conversations go", arguments: StoreKind.durable
    )
    func dayOfAcceptance(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let midnight = Timestamp(day: test.time.now.day + 1)
        test.time.advance(by: midnight - test.time.now + .seconds(-1))
        let asked = try await ask(test, with: Self.answer())
        #expect(test.time.now.day == midnight.day)
        test.time.advance(by: .seconds(86_400 * 2))
        try await ask(test, with: Self.answer())
        #expect(try await days(test).map(\.day) == [midnight.day - 1, midnight.day + 2])
        let some = try await test.store.days(midnight.day...midnight.day + 1, of: course)
        #expect(some.isEmpty)
        _ = try await test.store.delete(asked.conversation, user: .local)
        #expect(try await days(test).map(\.questions) == [1, 1])
        try await test.reopen()
        #expect(try await days(test).map(\.questions) == [1, 1])
    }

    // MARK: - Feedback

    @Test("A rating is its owner's, one an answer, and goes with the conversation", arguments: StoreKind.everywhere)
    func ratings(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let asked = try await ask(test, user: ana, with: Self.answer())
        let bad = Rating(.bad, comment: "wrong page")
        let untold = try await test.store.messages(of: asked.conversation, user: ana, after: nil, limit: 9)?.items
        #expect(untold?.map(\.mode) == [.answer, nil] && untold?.map(\.comment) == [nil, nil])
        #expect(try await !test.store.rate(message: asked.message, bad, user: bia))
        #expect(try await !test.store.withdrawRating(ofMessage: asked.message, user: bia))
        #expect(try await !test.store.rate(message: "none", bad, user: ana))
        let question = try #require(
            try await test.store.messages(of: asked.conversation, user: ana, after: nil, limit: 9)?.items.first)
        #expect(try await !test.store.rate(message: question.id, bad, user: ana))
        func rating() async throws -> [Rating.Verdict?]? {
            try await test.store.messages(of: asked.conversation, user: ana, after: nil, limit: 9)?.items.map(\.rating)
        }
        #expect(try await rating() == [nil, nil])
        #expect(try await test.store.rate(message: asked.message, bad, user: ana))
        #expect(try await rating() == [nil, .bad])
        #expect(try await days(test).map(\.down) == [1])
        #expect(try await gaps(test).map(\.isBadlyRated) == [true])
        #expect(try await gaps(test).map(\.comment) == ["wrong page"])
        let told = try await test.store.messages(of: asked.conversation, user: ana, after: nil, limit: 9)?.items
        #expect(told?.map(\.comment) == [nil, "wrong page"])
        #expect(try await test.store.rate(message: asked.message, Rating(.good), user: ana))
        #expect(try await rating() == [nil, .good])
        #expect(try await days(test).map(\.up) == [1])
        #expect(try await days(test).map(\.down) == [0])
        #expect(try await gaps(test).isEmpty)
        #expect(try await test.store.withdrawRating(ofMessage: asked.message, user: ana))
        #expect(try await test.store.withdrawRating(ofMessage: asked.message, user: ana))
        #expect(try await rating() == [nil, nil])
        #expect(try await test.store.rate(message: asked.message, bad, user: ana))
        _ = try await test.store.delete(asked.conversation, user: ana)
        #expect(try await days(test).map(\.down) == [0])
        #expect(try await gaps(test).isEmpty)
        #expect(try await !test.store.rate(message: asked.message, bad, user: ana))
    }

    // MARK: - Gaps

    @Test("Refused and badly rated questions, the newest of them, without names", arguments: StoreKind.durable)
    func gaps(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let start = test.time.now
        try await ask(test, "one", user: ana, with: Self.refusal)
        try await ask(test, "fine", user: ana, with: Self.answer())
        let rated = try await ask(test, "two", user: bia, with: Self.answer())
        let both = try await ask(test, "three", user: ana, with: Self.refusal)
        try await ask(test, "elsewhere", user: ana, course: CourseID("outro"), with: Self.refusal)
        #expect(try await test.store.rate(message: rated.message, Rating(.bad), user: bia))
        #expect(try await test.store.rate(message: both.message, Rating(.bad), user: ana))
        let found = try await gaps(test, reader: bia)
        #expect(found.map(\.question) == ["one", "two", "three"])
        #expect(found.map(\.student) == [0, 1, 0])
        #expect(found.map(\.isReaders) == [false, true, false])
        #expect(found.map(\.wasRefused) == [true, false, true])
        #expect(found.map(\.isBadlyRated) == [false, true, true])
        #expect(found[0].askedAt == start && found.allSatisfy { $0.topic == nil })
        #expect(try await gaps(test, limit: 2).map(\.question) == ["two", "three"])
        let later = try await test.store.gaps(in: course, since: found[2].askedAt, limit: 9, reader: nil)
        #expect(later.map(\.question) == ["three"])
        // A refused question stays one, whatever is said of the refusal.
        #expect(try await test.store.rate(message: both.message, Rating(.good), user: ana))
        #expect(try await gaps(test).map(\.isBadlyRated) == [false, true, false])
    }

    @Test("What staff asked is known as such, and how each question was asked", arguments: StoreKind.durable)
    func asked(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        for (user, admission) in [(ana, Admission(assignment: "l1")), (bia, Admission(isStaff: true))] {
            let accepted = try await test.store.accept(
                Submission(
                    user: user, message: user.name, course: course, mode: .hint, traceID: "t", admission: admission))
            let lease = try #require(try await test.store.lease(for: .seconds(30)))
            #expect(try await test.store.finish(lease, with: .answered(Self.refusal, messageID: user.name)))
            let question = try await test.store.messages(of: accepted.conversationID, user: user, after: nil, limit: 1)
            #expect(question?.items.first?.mode == .hint)
            #expect(question?.items.first?.assignment == admission.assignment)
        }
        #expect(try await gaps(test).map(\.question) == ["ana", "bia"])
        #expect(try await gaps(test).map(\.isStaffs) == [false, true])
    }

    @Test("Topics are remembered with their questions, answers without them", arguments: StoreKind.everywhere)
    func topics(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let one = try await ask(test, "one", with: Self.refusal)
        let two = try await ask(test, "two", with: Self.refusal)
        try await test.store.setTopics([one.message: "a", two.message: "b", "gone": "c"], in: course)
        try await test.store.setTopics([one.message: "x"], in: CourseID("outro"))
        #expect(try await gaps(test).map(\.topic) == ["a", "b"])
        let first = TopicAnswer(documentID: "d", name: "answers/d.md", at: test.time.now)
        try await test.store.setAnswer(first, toTopic: "a", in: course)
        let second = TopicAnswer(documentID: "e", name: "answers/e.md", at: test.time.now)
        try await test.store.setAnswer(second, toTopic: "a", in: course)
        #expect(try await test.store.topicAnswers(in: course) == ["a": second])
        #expect(try await test.store.topicAnswers(in: CourseID("outro")).isEmpty)
        _ = try await test.store.delete(one.conversation, user: .local)
        try await test.reopen()
        #expect(try await gaps(test).map(\.topic) == ["b"])
        #expect(try await test.store.topicAnswers(in: course) == ["a": second])
    }

    // MARK: - Search

    @Test("Own conversations are found by title and text, whatever the case and accents", arguments: StoreKind.durable)
    func search(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let answer = Answer(
            content: "Uma ÁRVORE AVL é balanceada.", citations: [], grounded: true,
            metadata: AnswerMetadata(model: "m", provider: "p"))
        let first = try await ask(test, "O que é AVL?", user: ana, with: answer)
        let second = try await ask(test, "Árvores e pilhas", user: ana, with: Self.answer())
        try await ask(test, "árvore", user: bia, with: Self.answer())
        func find(
            _ text: String, answersIn courses: Set<CourseID>? = nil, after cursor: PageCursor? = nil, limit: Int = 10
        ) async throws -> Page<FoundConversation> {
            try await test.store.conversations(
                of: ana, holding: try #require(SearchPhrase(text)), answersIn: courses, after: cursor, limit: limit)
        }
        let trees = try await find("arvore")
        #expect(trees.items.map(\.conversation.id) == [second.conversation, first.conversation])
        #expect(trees.items.map(\.snippet) == [nil, "Uma ÁRVORE AVL é balanceada."] && trees.next == nil)
        #expect(try await find("AVL árvore").items.map(\.conversation.id) == [first.conversation])
        #expect(try await find("avl pilhas").items.isEmpty)
        // Where answers are kept back, what they say finds nothing, and what the user said does.
        #expect(try await find("balanceada", answersIn: []).items.isEmpty)
        #expect(try await find("balanceada", answersIn: [course]).items.map(\.conversation.id) == [first.conversation])
        #expect(try await find("avl", answersIn: []).items.map(\.snippet) == [nil])
        #expect(try await find("arvore", answersIn: [], limit: 1).next.map { $0.id } == second.conversation)
        let page = try await find("arvore", limit: 1)
        #expect(page.items.map(\.conversation.id) == [second.conversation])
        let rest = try await find("arvore", after: page.next, limit: 1)
        #expect(rest.items.map(\.conversation.id) == [first.conversation])
        if let next = rest.next { #expect(try await find("arvore", after: next).items.isEmpty) }
        _ = try await test.store.delete(first.conversation, user: ana)
        #expect(try await find("balanceada").items.isEmpty)
    }
}

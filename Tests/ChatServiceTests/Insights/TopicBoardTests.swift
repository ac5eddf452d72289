import ChatAdapters
import Support
import TestSupport
import Testing

@testable import ChatService

/// Topics over a real store and a real course, with the vectors of a tiny embedder.
@Suite(.timeLimit(.minutes(10)))
struct TopicBoardTests {
    private let house: ChatHouse
    private let shelf: CourseShelf
    private let embedded = Locked<[String]>([])
    private let board: TopicBoard
    private let course: CourseID

    init() async throws {
        house = try ChatHouse()
        shelf = try CourseShelf()
        course = shelf.file.course
        try await shelf.add("A heap is a tree with an order.", title: "Heaps")
        board = Self.board(house, shelf, embedded)
    }

    private static func board(_ house: ChatHouse, _ shelf: CourseShelf, _ embedded: Locked<[String]>) -> TopicBoard {
        TopicBoard(
            insights: house.store, library: shelf,
            embed: { texts in
                embedded.withLock { $0 += texts }
                return try await shelf.embedder.embed(texts)
            }, time: house.time)
    }

    /// A question that is refused.
    @discardableResult
    private func refuse(
        _ text: String, _ user: String, asStaff: Bool = false
    ) async throws -> (message: String, conversation: String) {
        let accepted = try await house.store.accept(
            Submission(
                user: UserID(user), message: text, course: course, traceID: "t",
                admission: Admission(isStaff: asStaff)))
        let lease = try #require(try await house.store.lease(for: .seconds(30)))
        let metadata = AnswerMetadata(model: AnswerMetadata.noModel, provider: AnswerMetadata.noModel)
        let refusal = Answer(content: "no", citations: [], grounded: false, metadata: metadata)
        let message = RandomIdentifier.make()
        #expect(try await house.store.finish(lease, with: .answered(refusal, messageID: message)))
        house.time.advance(by: .seconds(60))
        return (message, accepted.conversationID)
    }

    private func topics(_ reader: String? = nil, in window: Range<Timestamp>? = nil) async throws -> [Topic] {
        try await board.topics(
            of: course, in: window ?? Timestamp(day: 0)..<house.time.now + .seconds(1),
            reader: reader.map { UserID($0) })
    }

    @Test func questionsAreGroupedAndNamedByTheirWords() async throws {
        try await refuse("When is the final exam?", "ana")
        try await refuse("final exam date", "bia")
        try await refuse("Is the final exam with notes? my name is Caio", "caio")
        try await refuse("How does mergesort split lists?", "ana")
        try await refuse("mergesort split lists recursively?", "bia")
        let found = try await topics()
        #expect(found.map(\.questions) == [3, 2] && found.map(\.students) == [3, 2])
        #expect(found.map(\.refused) == [3, 2] && found.map(\.badlyRated) == [0, 0])
        #expect(Set(found[0].words) == ["final", "exam"] && found[1].words.contains("mergesort"))
        #expect(found[0].name.contains("exam"))
        #expect(found[0].examples.contains("Is the final exam with notes? my name is •••"))
        #expect(!found.flatMap { $0.examples + $0.words }.contains { $0.contains("Caio") })
        #expect(found[1].lastAskedAt < house.time.now && found[1].lastAskedAt > found[0].lastAskedAt)
    }

    @Test("What one student alone asked is counted, but not told, except to that student")
    func oneStudent() async throws {
        try await refuse("Can I bring Zarathustra to the heap?", "ana")
        try await refuse("May I bring Zarathustra to the heap, please?", "ana")
        let hidden = try #require(try await topics("bia").first)
        #expect(hidden.questions == 2 && hidden.students == 1 && hidden.examples.isEmpty)
        // The material says "heap"; nobody else says the other words.
        #expect(hidden.words == ["heap"])
        #expect(hidden.lastAskedAt == house.time.now.startOfDay)
        let own = try #require(try await topics("ana").first)
        #expect(own.examples.count == 2 && own.words.contains("Zarathustra") && own.id == hidden.id)
        // As soon as another one asks, both may be told; a word still needs two students.
        try await refuse("bring Zarathustra to the heap", "bia")
        let open = try #require(try await topics("caio").first)
        #expect(open.id == hidden.id && open.examples.count == 3 && open.words.contains("Zarathustra"))
    }

    @Test("Whoever reads does not open a topic by asking about it", arguments: [true, false])
    func readersDoNotCount(asStaff: Bool) async throws {
        try await refuse("Can I bring Zarathustra to the heap?", "ana")
        try await refuse("bring Zarathustra to the heap", "prof", asStaff: asStaff)
        let seen = try #require(try await topics("prof").first)
        #expect(seen.questions == 2 && seen.students == 1 && seen.examples.isEmpty && seen.words == ["heap"])
        #expect(seen.lastAskedAt == house.time.now.startOfDay)
        // Nor do two of the staff open it for each other, and what staff asked nobody else reads.
        try await refuse("Zarathustra and the heap", "tutor", asStaff: true)
        for reader in ["prof", "tutor", "else"] {
            let seen = try #require(try await topics(reader).first)
            #expect(seen.examples.isEmpty == (asStaff || reader == "prof"), "\(reader)")
            #expect(reader == "tutor" || !seen.examples.contains("Zarathustra and the heap"))
        }
        try await refuse("Zarathustra on a heap", "bia")
        let open = try #require(try await topics("prof").first)
        #expect(open.students == 2 && open.examples.contains("Zarathustra on a heap"))
        #expect(Set(open.words).isSuperset(of: ["Zarathustra"]))
        #expect(open.examples.count == 3 && !open.examples.contains("Zarathustra and the heap"))
    }

    @Test("What was said of answers is told behind the same fence, masked")
    func comments() async throws {
        let first = try await refuse("When is the final exam?", "ana")
        let said = Rating(.bad, comment: "It is in the syllabus, my name is Ana")
        #expect(try await house.store.rate(message: first.message, said, user: UserID("ana")))
        let hidden = try #require(try await topics("prof").first)
        #expect(hidden.badlyRated == 1 && hidden.comments.isEmpty)
        try await refuse("final exam date?", "prof")
        #expect(try await topics("prof").first?.comments == [])
        try await refuse("final exam day?", "bia")
        #expect(try await topics("prof").first?.comments == ["It is in the syllabus, my name is •••"])
        let week = ISOWeek(of: house.time.now.day)
        for (language, line) in [(TextLanguage.english, "of the answer"), (.portuguese, "sobre a resposta")] {
            let digest = try await Digest.make(
                of: course, title: "A", week: week, reader: UserID("prof"), insights: house.store, board: board,
                language: language, at: house.time.now)
            #expect(digest.markdown.contains("  - \(line): It is in the syllabus"))
        }
        _ = try await house.store.rate(message: first.message, Rating(.bad), user: UserID("ana"))
        #expect(try await topics("prof").first?.comments == [])
    }

    @Test("A topic keeps its id when questions come and go, and over a restart")
    func ids() async throws {
        let first = try await refuse("When is the final exam?", "ana")
        try await refuse("final exam date?", "bia")
        try await refuse("mergesort split lists?", "ana")
        let before = try await topics()
        try await refuse("the final exam: which room?", "caio")
        try await refuse("something entirely different", "caio")
        let after = try await topics()
        #expect(after.first?.id == before.first?.id && after.first?.questions == 3 && after.count == 3)
        #expect(Set(before.map(\.id)).isSubset(of: Set(after.map(\.id))))
        _ = try await house.store.delete(first.conversation, user: UserID("ana"))
        let left = try await topics()
        #expect(left.first?.id == before.first?.id && left.first?.questions == 2)
        let again = Self.board(house, shelf, embedded)
        let restarted = try await again.topics(
            of: course, in: Timestamp(day: 0)..<house.time.now + .seconds(1), reader: nil)
        #expect(restarted == left)
        #expect(try await again.has(left[0].id, in: course))
        #expect(try await !again.has("none", in: course))
    }

    @Test("Each question is embedded once, without what may tell who asked")
    func embeddedOnce() async throws {
        try await refuse("When is the final exam? ana@example.org", "ana")
        _ = try await topics()
        _ = try await topics("ana")
        try await refuse("final exam date?", "bia")
        _ = try await topics()
        #expect(embedded.withLock { $0 } == ["When is the final exam? •••", "final exam date?"])
    }

    @Test func ratingsCountAndTopicsAreSeenThroughAWindow() async throws {
        let first = try await refuse("When is the final exam?", "ana")
        try await refuse("final exam date?", "bia")
        let middle = house.time.now
        try await refuse("final exam room?", "caio")
        #expect(try await topics().first?.badlyRated == 0)
        #expect(try await house.store.rate(message: first.message, Rating(.bad), user: UserID("ana")))
        #expect(try await topics().first?.badlyRated == 1)
        let late = try await topics(in: middle..<house.time.now)
        #expect(late.map(\.questions) == [1] && late.first?.examples == [])
        #expect(try await topics(in: house.time.now..<house.time.now + .seconds(5)).isEmpty)
    }

    @Test func anAnswerShowsWithWhatWasAskedSince() async throws {
        try await refuse("When is the final exam?", "ana")
        try await refuse("final exam date?", "bia")
        let id = try #require(try await topics().first?.id)
        let answer = TopicAnswer(documentID: "d", name: "answers/exam.md", at: house.time.now)
        try await house.store.setAnswer(answer, toTopic: id, in: course)
        let answered = try #require(try await topics().first)
        #expect(answered.answer == answer && answered.askedSinceAnswer == 0)
        house.time.advance(by: .seconds(1))
        try await refuse("final exam room?", "caio")
        #expect(try await topics().first?.askedSinceAnswer == 1)
    }

    @Test func theDigestIsInTheLanguageOfTheCourse() async throws {
        for user in ["ana", "bia"] { try await refuse("When is the *final* exam?", user) }
        let week = ISOWeek(of: house.time.now.day)
        func digest(_ week: ISOWeek, _ language: TextLanguage) async throws -> String {
            try await Digest.make(
                of: course, title: "Algoritmos", week: week, reader: nil, insights: house.store, board: board,
                language: language, at: house.time.now
            ).markdown
        }
        let english = try await digest(week, .english)
        #expect(english.hasPrefix("# Algoritmos: week \(week.text)"))
        #expect(
            english.contains("| Questions | 2 | 0 |") && english.contains("| Answered from the material | 0 % | – |"))
        #expect(english.contains("2 questions by 2 students\n  - When is the \\*final\\* exam?\n"))
        let portuguese = try await digest(week, .portuguese)
        #expect(portuguese.contains("semana") && portuguese.contains("2 perguntas de 2 estudantes"))
        #expect(portuguese.contains("| Custo | US$ 0,00 | US$ 0,00 |"))
        let former = try await digest(week.before.before, .english)
        #expect(former.contains("Nobody asked anything this week.") && !former.contains("exam"))
        #expect(try await board.language(of: course) == .english)
    }
}

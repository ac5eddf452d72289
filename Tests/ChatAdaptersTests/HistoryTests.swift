import ChatService
import Support
import TestSupport
import Testing

/// What every `History` promises.
@Suite("History", .timeLimit(.minutes(10)))
struct HistoryTests {
    @Test(
        "Conversations come page by page, the last used first, also while new ones arrive",
        arguments: StoreKind.everywhere)
    func paging(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let course = try CourseID("algoritmos")
        var made: [String] = []
        for number in 0..<7 {
            made.append(try await test.store.createConversation(user: .local, course: course, title: "\(number)").id)
            // Some share a moment: the cursor must still neither skip nor repeat.
            if number % 3 == 0 { test.time.advance(by: .seconds(1)) }
        }
        var seen: [String] = []
        var cursor: PageCursor?
        repeat {
            let page = try await test.store.conversations(user: .local, after: cursor, limit: 2)
            seen += page.items.map(\.id)
            cursor = try page.next.map { try #require(PageCursor(text: $0.text)) }
            _ = try await test.store.createConversation(user: .local, course: course, title: "later")
            test.time.advance(by: .seconds(1))
        } while cursor != nil
        #expect(seen.count == 7 && Set(seen) == Set(made))
        #expect(made[4...6].contains(seen[0]) && seen.last == made[0])
        // Asking moves a conversation to the front.
        _ = try await test.store.accept(test.question(conversation: made[0]))
        #expect(try await test.store.conversations(user: .local, after: nil, limit: 1).items.first?.id == made[0])
    }

    @Test("Messages come oldest first, page by page", arguments: StoreKind.durable)
    func messages(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let first = try await test.store.accept(test.question("1"))
        for number in 2...5 {
            _ = try await test.store.accept(test.question("\(number)", conversation: first.conversationID))
        }
        var seen: [String] = []
        var cursor: PageCursor?
        repeat {
            let page = try #require(
                try await test.store.messages(of: first.conversationID, user: .local, after: cursor, limit: 2))
            seen += page.items.map(\.content)
            cursor = page.next
        } while cursor != nil
        #expect(seen == ["1", "2", "3", "4", "5"])
    }

    @Test("The answerer sees what was said before the question, the last turns only", arguments: StoreKind.durable)
    func turns(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let first = try await test.store.accept(test.question("1"))
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        let answer = ScriptedAnswering.answer(to: "1")
        #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        _ = try await test.store.accept(test.question("2", conversation: first.conversationID))
        let second = try #require(try await test.store.lease(for: .seconds(30)))
        _ = try await test.store.accept(test.question("3", conversation: first.conversationID))
        let (one, two) = (try #require(lease.job.task.question), try #require(second.job.task.question))
        #expect(
            try await test.store.turns(before: two, limit: 10)
                == [Turn(role: .user, content: "1"), Turn(role: .assistant, content: "Answer to: 1")])
        #expect(
            try await test.store.turns(before: two, limit: 1)
                == [Turn(role: .assistant, content: "Answer to: 1")])
        #expect(try await test.store.turns(before: one, limit: 10).isEmpty)
    }

    @Test("Questions in a row: each is answered with the answers before it in view", arguments: StoreKind.everywhere)
    func turnsOfAQueue(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let first = try await test.store.accept(test.question("1"))
        for number in 2...3 {
            _ = try await test.store.accept(test.question("\(number)", conversation: first.conversationID))
        }
        var seen: [[String]] = []
        for number in 1...3 {
            let lease = try #require(try await test.store.lease(for: .seconds(30)))
            let question = try #require(lease.job.task.question)
            seen.append(try await test.store.turns(before: question, limit: 3).map(\.content))
            let answer = ScriptedAnswering.answer(to: "\(number)")
            #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        }
        #expect(seen == [[], ["1", "Answer to: 1"], ["Answer to: 1", "2", "Answer to: 2"]])
    }

    @Test("What belongs to another does not exist", arguments: StoreKind.durable)
    func ownership(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let mine = try await test.store.accept(test.question())
        let other = UserID("other")
        let id = mine.conversationID
        #expect(try await test.store.conversation(id, user: other) == nil)
        #expect(try await test.store.rename(id, user: other, title: "stolen") == nil)
        #expect(try await test.store.delete(id, user: other) == nil)
        #expect(try await test.store.messages(of: id, user: other, after: nil, limit: 10) == nil)
        #expect(try await test.store.conversations(user: other, after: nil, limit: 10).items.isEmpty)
        #expect(try await test.store.rename(id, user: .local, title: "mine")?.title == "mine")
    }

    @Test("Deleting is for good: no word is left, and open jobs end as cancelled", arguments: StoreKind.everywhere)
    func deletion(kind: StoreKind) async throws {
        let test = try StoreUnderTest(kind)
        let secret = "palavra-muito-rara"
        let first = try await test.store.accept(test.question(secret))
        let lease = try #require(try await test.store.lease(for: .seconds(30)))
        let answer = ScriptedAnswering.answer(to: secret)
        #expect(try await test.store.finish(lease, with: .answered(answer, messageID: RandomIdentifier.make())))
        let publisher = TerminalPublisher(ledger: test.store, sessions: test.store, log: .silent)
        await publisher.publish(job: first.jobID)
        let open = try await test.store.accept(
            test.question(secret, conversation: first.conversationID, session: first.sessionID))
        let before = try #require(try await test.store.subscribe(to: first.sessionID, after: nil))

        #expect(try await test.store.delete(first.conversationID, user: .local) == [open.jobID])
        #expect(try await test.store.delete(first.conversationID, user: .local) == nil)
        await publisher.publish(job: open.jobID)
        #expect(try await test.store.record(job: first.jobID) == nil)
        #expect(try await test.store.record(job: open.jobID)?.status == .cancelled)
        #expect(try await test.store.lease(for: .seconds(30)) == nil)
        // The log kept the answer for replay: it is gone from there too, and the epoch says so.
        let after = try #require(try await test.store.subscribe(to: first.sessionID, after: nil))
        #expect(after.epoch != before.epoch)
        let events = try await test.events(first.sessionID)
        #expect(events.map(\.kind) == [.error] && events.allSatisfy { !$0.frame.contains(secret) })
        try await test.reopen()
        #expect(try await test.events(first.sessionID).allSatisfy { !$0.frame.contains(secret) })
    }

    @Test("A cursor is only read in the form it was given out")
    func cursors() {
        let cursor = PageCursor(order: 12, id: RandomIdentifier.make())
        #expect(PageCursor(text: cursor.text) == cursor)
        #expect(PageCursor(text: PageCursor(order: 3).text) == PageCursor(order: 3))
        for text in ["", "-", "x-", "1", "-1-", "1-x", "1-2-3", "99999999999999999999-", "1-\u{0}"] {
            #expect(PageCursor(text: text) == nil, "\(text)")
        }
    }
}

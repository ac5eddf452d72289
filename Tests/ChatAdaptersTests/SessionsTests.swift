import ChatService
import Support
import Testing

@testable import ChatAdapters

/// What every `Sessions` promises.
@Suite("Sessions", .timeLimit(.minutes(10)))
struct SessionsTests {
    private func delta(_ index: Int, job: String) -> ChatEvent {
        .messageDelta(ChatEvent.Delta(jobId: job, attempt: 1, stream: 1, index: index, content: "piece \(index) "))
    }

    private func status(_ state: ChatEvent.State, job: String) -> ChatEvent {
        .status(ChatEvent.Status(jobId: job, state: state, attempt: 1))
    }

    private func end(job: String) -> ChatEvent {
        .error(ChatEvent.Failed(jobId: job, attempts: 1, failure: JobFailure(.internalError)))
    }

    @Test("Numbers count up by one, whoever appends, and every reader sees the same", arguments: SessionsKind.allCases)
    func numbering(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let store = test.sessions
        let session = try await store.createSession(owner: .local)
        let job = RandomIdentifier.make()
        let reading = Task { [job] in
            var subscription = try #require(try await store.subscribe(to: session, after: nil))
            var seen: [LoggedEvent] = []
            while seen.last?.isTerminal != true { seen += try await subscription.next() }
            #expect(seen.allSatisfy { $0.jobID == job })
            return seen
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                let event = index % 20 == 0 ? status(.generating, job: job) : delta(index, job: job)
                group.addTask { try await store.append(event, to: session) }
            }
            try await group.waitForAll()
        }
        #expect(try await store.append(end(job: job), to: session) == 201)
        let live = try await reading.value
        #expect(live.map(\.seq) == Array(1...201))
        // A second reader, and one that comes back in the middle.
        #expect(try await test.events(session) == live)
        #expect(try await test.events(session, after: 150) == Array(live[150...]))
        #expect(try await test.events(session, after: 201).isEmpty)
    }

    @Test("A terminal event stands in the log once", arguments: SessionsKind.allCases)
    func terminalOnce(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let store = test.sessions
        let session = try await store.createSession(owner: .local)
        let job = RandomIdentifier.make()
        let event = end(job: job)
        let numbers = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for _ in 0..<10 { group.addTask { try await store.append(event, to: session) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers == Array(repeating: 1, count: 10))
        #expect(try await test.events(session).map(\.seq) == [1])
        #expect(try await store.append(status(.queued, job: RandomIdentifier.make()), to: session) == 2)
    }

    @Test("Nothing a slow worker says follows a job's terminal event", arguments: SessionsKind.allCases)
    func terminalLast(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        #expect(try await test.sessions.append(end(job: job), to: session) == 1)
        #expect(try await test.sessions.append(delta(0, job: job), to: session) == nil)
        try await test.reopen()
        #expect(try await test.sessions.append(status(.generating, job: job), to: session) == nil)
        #expect(try await test.events(session).map(\.seq) == [1])
        #expect(try await test.sessions.append(delta(0, job: RandomIdentifier.make()), to: session) != nil)
    }

    @Test(
        "After a restart the durable events are there under their numbers, and none is given out twice",
        arguments: SessionsKind.allCases)
    func restart(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        try await test.sessions.append(status(.retrieving, job: job), to: session)
        try await test.sessions.append(status(.generating, job: job), to: session)
        for index in 0..<50 { try await test.sessions.append(delta(index, job: job), to: session) }
        let before = try #require(try await test.sessions.subscribe(to: session, after: 52))
        try await test.reopen()

        // A client that saw every delta: nothing is repeated, a new epoch tells what was lost.
        let after = try #require(try await test.sessions.subscribe(to: session, after: 52))
        #expect((after.epoch == before.epoch) == kind.keepsDeltas)
        #expect(try await test.events(session, after: 52).isEmpty)
        #expect(try await test.events(session, after: 1).map(\.seq) == (kind.keepsDeltas ? Array(2...52) : [2]))
        #expect(
            try await test.events(session).map(\.kind).prefix(3) == [.status, .status]
                + (kind.keepsDeltas ? [.messageDelta] : []))
        let next = try #require(try await test.sessions.append(end(job: job), to: session))
        #expect(next > 52)
        #expect(next == after.resumedFrom + 1)
        #expect(try await test.events(session, after: 52).map(\.seq) == [next])
        try await test.reopen()
        #expect(try await test.events(session, after: 52).map(\.seq) == [next])
        #expect(try await test.events(session, after: next).isEmpty)
    }

    @Test(
        "Two restarts with nothing but deltas between them give out different numbers", arguments: SessionsKind.allCases
    )
    func deltasBetweenRestarts(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        var numbers = [try await test.sessions.append(status(.retrieving, job: job), to: session)]
        for _ in 0..<3 {
            try await test.reopen()
            for index in 0..<2 { numbers.append(try await test.sessions.append(delta(index, job: job), to: session)) }
        }
        let given = numbers.compactMap { $0 }
        #expect(given.count == 7 && given == given.sorted() && Set(given).count == 7)
    }

    @Test(
        "A state that is told first is stored in its own time, and its number is nobody else's",
        arguments: [SessionsKind.sqlite])
    func toldFirst(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        #expect(try await test.sessions.tell(status(.queued, job: job), to: session) == nil, "nothing is on disk yet")
        let store = try #require(try await test.sessions.tell(status(.retrieving, job: job), to: session))
        #expect(try await test.sessions.tell(status(.generating, job: job), to: session) != nil, "and is never stored")
        #expect(try await test.events(session).map(\.seq) == [1, 2, 3])
        try await store()
        try await test.reopen()
        #expect(try await test.events(session).map(\.seq) == [1, 2])

        // Loaded anew: something must be on disk before a number is told. Then the order of storing does not matter.
        #expect(try await test.sessions.tell(status(.retrieving, job: job), to: session) == nil)
        let late = try #require(try await test.sessions.tell(status(.generating, job: job), to: session))
        try await test.sessions.append(end(job: job), to: session)
        try await late()
        #expect(try await test.sessions.tell(status(.generating, job: job), to: session) == nil, "the job has ended")
        let given = try await test.events(session)
        #expect(given.map(\.kind) == [.status, .status, .status, .status, .error])
        #expect(given.map(\.seq)[2] > 3)
        try await test.reopen()
        #expect(try await test.events(session) == given)
        let next = try await test.sessions.append(status(.queued, job: RandomIdentifier.make()), to: session)
        #expect(try #require(next) > given[4].seq)
    }

    @Test("What is told is in the log, in its order, unless its job has ended", arguments: SessionsKind.allCases)
    func told(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        for state in [ChatEvent.State.queued, .retrieving, .generating] {
            try await test.sessions.tell(status(state, job: job), to: session)?()
        }
        #expect(try await test.sessions.append(end(job: job), to: session) == 4)
        try await test.sessions.tell(status(.retrying, job: job), to: session)?()
        let expected = try await test.events(session)
        #expect(expected.map(\.seq) == [1, 2, 3, 4] && expected.map(\.isTerminal) == [false, false, false, true])
        try await test.reopen()
        #expect(try await test.events(session) == expected)
    }

    @Test("A session read from disk before it was written to and put away is read again")
    func staleLoad() throws {
        let hub = SessionHub(capacity: 1)
        let id = SessionKey(at: Timestamp(milliseconds: 1))
        func session(_ id: SessionKey, _ lastSeq: Int64) -> LiveSession {
            LiveSession(key: id, owner: .local, ring: SessionRing(lastDurable: lastSeq))
        }
        let before = hub.departures
        #expect(hub.insert(session(id, 1), readAfter: before) != nil)
        #expect(hub.insert(session(SessionKey(at: Timestamp(milliseconds: 1)), 1)) != nil)
        #expect(hub.find(id) == nil)
        // What was read before another one came and went is worth nothing; what is read now is.
        #expect(hub.insert(session(id, 1), readAfter: before) == nil)
        #expect(hub.insert(session(id, 5), readAfter: hub.departures) != nil)
    }

    @Test("Events are kept for fifteen minutes, then the epoch tells", arguments: SessionsKind.allCases)
    func retention(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        let session = try await test.sessions.createSession(owner: .local)
        let job = RandomIdentifier.make()
        try await test.sessions.append(status(.retrieving, job: job), to: session)
        try await test.sessions.append(delta(0, job: job), to: session)
        let first = try #require(try await test.sessions.subscribe(to: session, after: 0))
        test.time.advance(by: .seconds(15 * 60))
        try await test.prune()
        #expect(try await test.events(session, after: 0).map(\.seq) == [1, 2])
        test.time.advance(by: .seconds(1))
        try await test.prune()
        let late = try #require(try await test.sessions.subscribe(to: session, after: 0))
        #expect(late.epoch != first.epoch && late.resumedFrom == 2)
        // Who has seen all is not disturbed again.
        let next = try #require(try await test.sessions.subscribe(to: session, after: 2))
        #expect(next.epoch == late.epoch)
        #expect(try await test.sessions.append(status(.generating, job: job), to: session) == 3)
    }

    @Test("A session in use stays, whatever else comes and goes", arguments: SessionsKind.allCases)
    func eviction(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind, sessionsInMemory: 4)
        let session = try await test.sessions.createSession(owner: .local)
        var subscription = try #require(try await test.sessions.subscribe(to: session, after: nil))
        for _ in 0..<50 { _ = try await test.sessions.createSession(owner: UserID("other")) }
        try await test.sessions.append(delta(0, job: RandomIdentifier.make()), to: session)
        #expect(try await subscription.next().map(\.seq) == [1])
        #expect(try await test.sessions.owner(ofSession: session) == .local)
    }

    @Test("Unknown sessions are nobody's", arguments: SessionsKind.allCases)
    func unknown(kind: SessionsKind) async throws {
        let test = try await SessionsUnderTest(kind)
        for id in ["", "x", RandomIdentifier.make()] {
            #expect(try await test.sessions.owner(ofSession: id) == nil)
            #expect(try await test.sessions.subscribe(to: id, after: nil) == nil)
            #expect(try await test.sessions.append(end(job: RandomIdentifier.make()), to: id) == nil)
        }
    }
}

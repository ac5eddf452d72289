import Testing

/// The checker finds each kind of wrong: a run that is right, and what happens when one thing in it is not.
@Suite("Total queue")
struct TotalQueueTests {
    private typealias Fault = TotalQueue.Fault
    private typealias Word = Chronicle.Word

    private static func faults(_ chronicle: Chronicle) -> Set<TotalQueue.Fault> {
        Set(TotalQueue.findings(in: chronicle).map(\.fault))
    }

    /// Two questions in one conversation; the first is answered, then the process is killed and loses two deltas of the
    /// second, which is tried again. A third question, of another session, fails; a fourth was refused, a fifth unknown.
    private static func goodRun() -> Chronicle {
        var run = Chronicle()
        func promise(_ job: String, _ conversation: String, _ session: String) -> Chronicle.Ask.Outcome {
            .accepted(Chronicle.Promise(job: job, conversation: conversation, session: session, at: .seconds(1)))
        }
        run.asks = [
            Chronicle.Ask(tag: "q1x0", outcome: promise("a", "c", "s")),
            Chronicle.Ask(tag: "q1x1", outcome: promise("b", "c", "s")),
            Chronicle.Ask(tag: "q2x0", outcome: promise("d", "e", "t")),
            Chronicle.Ask(tag: "q2x1", outcome: .refused), Chronicle.Ask(tag: "q2x2", outcome: .unknown),
        ]
        let first: [(String, Word)] = [
            ("a", .status("queued", attempt: 0)), ("b", .status("queued", attempt: 0)),
            ("a", .status("retrieving", attempt: 1)), ("a", .delta(attempt: 1, stream: 1, index: 0, "It is ")),
            ("a", .delta(attempt: 1, stream: 1, index: 1, "q1x0.")), ("a", .completed("It is q1x0.")),
            ("b", .status("retrieving", attempt: 1)),
        ]
        // Numbers 8 and 9 were deltas of the process that was killed; the next one begins a million later.
        let second: [(Int64, String, Word)] = [
            (1_000_008, "b", .status("retrieving", attempt: 2)),
            (1_000_009, "b", .delta(attempt: 2, stream: 1, index: 0, "And that q1x1.")),
            (1_000_010, "b", .completed("And that q1x1.")),
        ]
        let other: [(String, Word)] = [
            ("d", .status("queued", attempt: 0)), ("d", .status("retrieving", attempt: 1)),
            ("d", .failed(code: "llm_unavailable")),
        ]
        func seen(_ seq: Int64, _ job: String, _ word: Word) -> Chronicle.Seen {
            Chronicle.Seen(seq: seq, job: job, word: word, at: .seconds(5))
        }
        let numbered = first.enumerated().map { (Int64($0 + 1), $1.0, $1.1) }
        let others = other.enumerated().map { (Int64($0 + 1), $1.0, $1.1) }
        run.readings = [
            Chronicle.Reading(
                client: "one", session: "s", after: nil, epoch: "first", events: numbered.prefix(4).map(seen)),
            Chronicle.Reading(
                client: "one", session: "s", after: 4, epoch: "first", events: numbered.dropFirst(4).map(seen)),
            Chronicle.Reading(client: "one", session: "s", after: 7, epoch: "second", events: second.map(seen)),
            // A second window, opened after the restart.
            Chronicle.Reading(
                client: "two", session: "s", after: nil, epoch: "second",
                events: (numbered.filter { !$0.2.isDelta } + second).map(seen)),
            Chronicle.Reading(client: "three", session: "t", after: nil, epoch: "third", events: others.map(seen)),
        ]
        func job(_ job: String, _ tag: String, _ session: String, _ conversation: String, _ word: Word)
            -> Chronicle.JobRow
        {
            let isAnswer = if case .completed = word { true } else { false }
            return Chronicle.JobRow(
                job: job, tag: tag, session: session, conversation: conversation,
                state: isAnswer ? "completed" : "failed", terminal: word, isPublished: true,
                deadLetters: isAnswer ? 0 : 1)
        }
        run.ledger.jobs = [
            job("a", "q1x0", "s", "c", .completed("It is q1x0.")),
            job("b", "q1x1", "s", "c", .completed("And that q1x1.")),
            job("d", "q2x0", "t", "e", .failed(code: "llm_unavailable")),
        ]
        run.ledger.answers = [
            Chronicle.AnswerRow(job: "a", conversation: "c", content: "It is q1x0."),
            Chronicle.AnswerRow(job: "b", conversation: "c", content: "And that q1x1."),
        ]
        func rows(_ session: String, _ events: [(Int64, String, Word)]) -> [Chronicle.EventRow] {
            events.filter { !$0.2.isDelta }.map { Chronicle.EventRow(session: session, seq: $0, job: $1, word: $2) }
        }
        run.ledger.events = rows("s", numbered + second) + rows("t", others)
        return run
    }

    @Test("A run that is right is found to be right")
    func right() { #expect(TotalQueue.findings(in: Self.goodRun()).isEmpty) }

    /// One thing that goes wrong, and what it must be called.
    struct Mutant: Sendable, CustomTestStringConvertible {
        let name: String
        let fault: TotalQueue.Fault
        let change: @Sendable (inout Chronicle) -> Void
        var testDescription: String { name }

        init(_ name: String, _ fault: TotalQueue.Fault, _ change: @escaping @Sendable (inout Chronicle) -> Void) {
            self.name = name
            self.fault = fault
            self.change = change
        }
    }

    static let mutants: [Mutant] = [
        Mutant("a job is gone", .lost) { $0.ledger.jobs.remove(at: 1) },
        Mutant("a job never ends", .lost) { run in
            run.ledger.jobs[2].state = "leased"
            run.ledger.jobs[2].terminal = nil
        },
        Mutant("an end is not published", .lost) { $0.ledger.jobs[2].isPublished = false },
        Mutant("a job is completed without an answer", .lost) { $0.ledger.answers.removeLast() },
        Mutant("nobody is told an end", .lost) { $0.readings[4].events.removeLast() },
        Mutant("two answers", .doubled) { $0.ledger.answers.append($0.ledger.answers[1]) },
        Mutant("two ends on disk", .doubled) { run in
            run.ledger.events.append(
                Chronicle.EventRow(session: "s", seq: 1_000_011, job: "b", word: .completed("And that q1x1.")))
        },
        Mutant("two ends told", .doubled) { run in
            run.readings[4].events.append(Chronicle.Seen(seq: 4, job: "d", word: .failed(code: "llm_unavailable")))
        },
        Mutant("a repeated question is accepted twice", .doubled) { run in
            var twin = run.ledger.jobs[2]
            twin = Chronicle.JobRow(
                job: "z", tag: twin.tag, session: "t", conversation: "e", state: "failed", terminal: twin.terminal,
                isPublished: true, deadLetters: 1)
            run.ledger.jobs.append(twin)
        },
        Mutant("a refused question is there", .unexpected) { $0.ledger.jobs[2].tag = "q2x1" },
        Mutant("a question that nobody asked is there", .unexpected) { $0.ledger.jobs[2].tag = "q9x9" },
        Mutant("an answer to a failed question", .unexpected) { run in
            run.ledger.answers.append(Chronicle.AnswerRow(job: "d", conversation: "e", content: "?"))
        },
        Mutant("the answer to another question", .unexpected) { run in
            run.ledger.jobs[0].terminal = .completed("It is q1x1.")
        },
        Mutant("an event behind the end", .unexpected) { run in
            run.readings[4].events.append(Chronicle.Seen(seq: 4, job: "d", word: .status("retrying", attempt: 1)))
        },
        Mutant("an event of another session's job", .unexpected) { run in
            run.readings[4].events.append(Chronicle.Seen(seq: 4, job: "a", word: .status("retrying", attempt: 1)))
        },
        Mutant("a status is left out", .gap) { $0.readings[0].events.remove(at: 2) },
        Mutant("a delta is left out", .gap) { $0.readings[0].events.remove(at: 3) },
        Mutant("the first event is left out", .gap) { $0.readings[4].events.removeFirst() },
        Mutant("a status is not replayed", .gap) { $0.readings[3].events.remove(at: 1) },
        Mutant("the end before the restart is not replayed", .gap) { $0.readings[3].events.remove(at: 3) },
        Mutant("a delta after the restart is left out", .gap) { $0.readings[2].events.remove(at: 1) },
        Mutant("an event twice", .repeated) { $0.readings[0].events.append($0.readings[0].events[3]) },
        Mutant("the resumption begins too early", .repeated) { run in
            run.readings[1].events.insert(run.readings[0].events[2], at: 0)
        },
        Mutant("a number is used again after a restart", .repeated) { run in
            run.readings[2].events[0] = Chronicle.Seen(seq: 8, job: "b", word: .status("retrieving", attempt: 2))
            run.ledger.events.append(
                Chronicle.EventRow(session: "s", seq: 8, job: "b", word: .status("queued", attempt: 1)))
        },
        Mutant("answers in another order", .disorder) { $0.ledger.answers.swapAt(0, 1) },
        Mutant("the later question is taken up first", .disorder) { run in
            let early = Chronicle.EventRow(session: "s", seq: 0, job: "b", word: .status("retrieving", attempt: 1))
            run.ledger.events.insert(early, at: 0)
        },
        Mutant("an end long after the deadline", .late) { $0.readings[4].events[2].at = .seconds(400) },
        Mutant("a deadline that is over at once", .early) { run in
            run.ledger.jobs[2].terminal = .failed(code: "deadline_exceeded")
        },
        Mutant("a client is told another end", .contradiction) { run in
            run.readings[4].events[2] = Chronicle.Seen(seq: 3, job: "d", word: .failed(code: "internal"))
        },
        Mutant("the message is not what was told", .contradiction) { run in
            run.ledger.answers[0] = Chronicle.AnswerRow(job: "a", conversation: "c", content: "q1x0?")
        },
        Mutant("the deltas are not the answer", .contradiction) { run in
            for reading in [0, 1] {
                for (index, event) in run.readings[reading].events.enumerated() {
                    guard case .delta(1, 1, let place, _) = event.word else { continue }
                    run.readings[reading].events[index] = Chronicle.Seen(
                        seq: event.seq, job: event.job, word: .delta(attempt: 1, stream: 1, index: place, "No. "))
                }
            }
        },
        Mutant("a failed job without a dead letter", .contradiction) { $0.ledger.jobs[2].deadLetters = 0 },
        Mutant("the promise names another conversation", .contradiction) { $0.ledger.jobs[2].conversation = "c" },
    ]

    @Test("What goes wrong is found", arguments: mutants)
    func wrong(mutant: Mutant) {
        var run = Self.goodRun()
        mutant.change(&run)
        #expect(Self.faults(run).contains(mutant.fault), "\(mutant.name): \(TotalQueue.findings(in: run))")
    }

    @Test("Every kind of fault has a mutant")
    func complete() { #expect(Set(Self.mutants.map(\.fault)) == Set(TotalQueue.Fault.allCases)) }

    @Test("Tags are read as they are written")
    func tags() {
        #expect(
            Tag.all(in: "What (\(Tag.make(student: 3, question: 17)))? q, qx, q1, x1, q1x, q2x4!") == ["q3x17", "q2x4"])
    }
}

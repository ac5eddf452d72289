import ChatAdapters
import ChatService
import Support
import TestSupport
import Testing

/// The watch over a real store: what must never go unnoticed, and what is no alarm.
@Suite("Answer rate watch", .timeLimit(.minutes(10)))
struct AnswerRateWatchTests {
    private let house: ChatHouse
    private let lines = LogLines()
    private let watch: AnswerRateWatch

    init() throws {
        house = try ChatHouse()
        watch = AnswerRateWatch(record: house.store, time: house.time, log: lines.log)
    }

    private static let metadata = AnswerMetadata(model: "script", provider: "scripted")

    private static func answer(grounded: Bool, degraded: Bool = false) -> JobOutcome {
        var metadata = Self.metadata
        metadata.degraded = degraded
        return .answered(
            Answer(content: "text", citations: [], grounded: grounded, metadata: metadata),
            messageID: RandomIdentifier.make())
    }

    private static var good: JobOutcome { answer(grounded: true) }

    /// Asks and answers that many questions, one after another.
    private func happen(_ count: Int, _ outcome: @autoclosure () -> JobOutcome, every gap: Duration = .zero)
        async throws
    {
        for _ in 0..<count {
            try await house.ask()
            let lease = try #require(try await house.store.lease(for: .seconds(30)))
            #expect(try await house.store.finish(lease, with: outcome()))
            house.time.advance(by: gap)
        }
    }

    private var alarms: [String] { lines.all.filter { $0.contains("answer rate low") } }

    @Test("Good answers raise no alarm")
    func well() async throws {
        try await happen(20, Self.answer(grounded: true))
        await watch.look()
        #expect(watch.sight.tally == AnswerTally(good: 20, newest: house.time.now) && !watch.sight.isLow)
        #expect(lines.all.isEmpty)
    }

    @Test("All answers without a citation that holds are an alarm, with its figures")
    func refused() async throws {
        try await happen(10, Self.answer(grounded: false))
        await watch.look()
        let alarm = try #require(alarms.first)
        #expect(alarm.contains(#""level":"error""#) && alarm.contains(#""ungrounded":"10""#))
        #expect(alarm.contains(#""good":"0""#) && alarm.contains(#""questions":"10""#))
        #expect(watch.sight.isLow)
    }

    @Test("All answers degraded are an alarm, also when their passages hold")
    func degraded() async throws {
        try await happen(10, Self.answer(grounded: true, degraded: true))
        await watch.look()
        #expect(alarms.count == 1 && alarms[0].contains(#""degraded":"10""#))
    }

    @Test("All questions failing are an alarm")
    func failing() async throws {
        try await happen(10, .failed(JobFailure(.internalError)))
        await watch.look()
        #expect(alarms.count == 1 && alarms[0].contains(#""failed":"10""#))
    }

    @Test("A worker that does not run is an alarm, after a minute of patience")
    func nobodyWorks() async throws {
        for _ in 0..<10 { try await house.ask() }
        house.time.advance(by: .seconds(59))
        await watch.look()
        #expect(alarms.isEmpty && watch.sight.tally.questions == 0)
        house.time.advance(by: .seconds(1))
        await watch.look()
        #expect(alarms.count == 1 && alarms[0].contains(#""unanswered":"10""#))
    }

    @Test("A worker that takes questions and never ends them is an alarm")
    func stuck() async throws {
        for _ in 0..<10 { try await house.ask() }
        while try await house.store.lease(for: .seconds(300)) != nil {}
        house.time.advance(by: .seconds(61))
        await watch.look()
        #expect(alarms.count == 1 && alarms[0].contains(#""unanswered":"10""#))
    }

    @Test("Half of the answers good is enough; a cancelled question says something only when it had waited long")
    func mixed() async throws {
        try await happen(5, Self.good)
        try await happen(5, Self.answer(grounded: false))
        var hasty: [Accepted] = []
        for _ in 0..<6 { hasty.append(try await house.ask()) }
        for job in hasty.prefix(3) { _ = try await house.store.end(job: job.jobID, with: JobFailure(.cancelled)) }
        await watch.look()
        #expect(alarms.isEmpty && watch.sight.tally.questions == 10)
        house.time.advance(by: .seconds(60))
        for job in hasty.suffix(3) { _ = try await house.store.end(job: job.jobID, with: JobFailure(.cancelled)) }
        await watch.look()
        #expect(alarms.count == 1 && watch.sight.tally.unanswered == 3)
    }

    @Test("Two questions an hour: an outage is told on its first day")
    func fewQuestions() async throws {
        try await happen(30, Self.good, every: .seconds(1_800))
        for hour in 0..<9 {
            try await happen(1, Self.answer(grounded: false), every: .seconds(1_800))
            await watch.look()
            if hour < 5 { #expect(alarms.isEmpty) }
        }
        // Six of the last ten are bad; told again with each further question after a quarter of an hour.
        #expect(alarms.count == 4 && alarms[0].contains(#""good":"4""#))
    }

    @Test("A restart forgets nothing")
    func restart() async throws {
        try await happen(10, Self.answer(grounded: false))
        await house.store.close()
        let lines = LogLines()
        let again = try ChatHouse(folder: house.folder)
        let watch = AnswerRateWatch(record: again.store, time: again.time, log: lines.log)
        await watch.look()
        #expect(lines.all.filter { $0.contains("answer rate low") }.count == 1)
    }

    @Test("The service looks every 15 s, tells of the recovery, and ends when asked")
    func service() async throws {
        try await happen(10, Self.answer(grounded: false))
        let run = Task { try await watch.run() }
        await house.time.untilSleeping(1)
        #expect(alarms.count == 1)
        try await happen(10, Self.good)
        house.time.advance(by: .seconds(15))
        await house.time.untilSleeping(1)
        #expect(alarms.count == 1 && lines.all.contains { $0.contains("answer rate recovered") })
        await watch.shutDown()
        try await run.value
    }

    @Test("A store that cannot be asked is told, and the watch goes on")
    func closedStore() async throws {
        await house.store.close()
        await watch.look()
        #expect(lines.all.count == 1 && lines.all[0].contains("answer rate not known"))
    }

    @Test("The figures are there without questions too")
    func figures() async throws {
        await watch.look()
        let text = MetricFamily.text(watch.families)
        #expect(text.contains("gepeto_answer_rate_questions 0\n") && text.contains("gepeto_answer_rate_alarm 0\n"))
        #expect(!text.contains("\ngepeto_answer_rate "))
        try await happen(10, Self.answer(grounded: false))
        await watch.look()
        let later = MetricFamily.text(watch.families)
        #expect(later.contains("\ngepeto_answer_rate 0\n") && later.contains("gepeto_answer_rate_alarm 1\n"))
    }
}

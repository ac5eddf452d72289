import LLM
import Support
import TestSupport
import Testing

@testable import ChatService

/// The rules when a question's turn comes: over a real store, with a clock by hand.
@Suite struct GovernedAnsweringTests {
    private let house: ChatHouse
    private let policies = ScriptedPolicies()
    private let answering = ScriptedAnswering()

    init() throws { house = try ChatHouse() }

    private var gate: PolicyGate { PolicyGate(policies: policies, usage: house.store, time: house.time) }

    private var governed: GovernedAnswering {
        GovernedAnswering(answering, gate: gate, time: house.time, log: .silent)
    }

    private func ask(_ mode: AnswerMode = .answer, isStaff: Bool = false, assignment: String? = nil) async throws
        -> [EventFrame]
    {
        let course = try CourseID("algoritmos")
        let admission = try await gate.admit(
            "O que é recursão?", mode: mode, assignment: assignment, course: course, isStaff: isStaff)
        let accepted = try await house.store.accept(
            Submission(
                user: .local, message: "O que é recursão?", course: course, mode: mode, traceID: "t",
                admission: admission))
        return try await house.working(governed) { try await house.story(accepted) }
    }

    @Test func aLockThatBeginsWhileAQuestionWaits() async throws {
        let now = house.time.now.seconds
        try policies.change { $0.locks = [.init(from: now + 60, until: now + 120, message: "Prova em curso.")] }
        let course = try CourseID("algoritmos")
        let admission = try await gate.admit("x", mode: .answer, assignment: nil, course: course, isStaff: false)
        let accepted = try await house.store.accept(
            Submission(user: .local, message: "x", course: course, traceID: "t", admission: admission))
        house.time.advance(by: .seconds(60))
        let frames = try await house.working(governed) { try await house.story(accepted) }
        #expect(frames.failure?.code == .policyDenied && frames.failure?.message == "Prova em curso.")
        #expect(frames.failure?.details.cause == "course_locked" && frames.failure?.retryable == false)
        #expect(answering.questions.isEmpty)
        await #expect(throws: PolicyDenied.self) { try await ask() }
        #expect(try await ask(isStaff: true).completion != nil, "staff go on")
        house.time.advance(by: .seconds(60))
        #expect(try await ask().completion != nil)
    }

    @Test func theQuestionCarriesWhatTheRulesSay() async throws {
        let now = house.time.now.seconds
        try policies.change {
            $0.documents = ["late": .init(availableFrom: now + 10), "sol": .init(quotable: false)]
            $0.assignments = [
                .init(id: "a", title: "A", documents: ["x"]), .init(id: "b", title: "B", documents: ["y"]),
            ]
            $0.language = .pt
            $0.unsupported = .regenerate
        }
        _ = try await ask(.hint, assignment: "a")
        var rules = try #require(answering.questions.last).rules
        #expect(rules.hidden == ["late", "sol", "y"] && rules.guarded == ["sol"])
        #expect(rules.language == "pt" && rules.unsupported == .regenerate && !rules.isQuotingOnly)
        house.time.advance(by: .seconds(10))
        _ = try await ask()
        rules = try #require(answering.questions.last).rules
        #expect(rules.hidden == ["sol"])
        _ = try await ask(isStaff: true)
        rules = try #require(answering.questions.last).rules
        #expect(rules.hidden.isEmpty && rules.guarded.isEmpty)
    }

    @Test func rulesThatCannotBeReadLetNothingThrough() async throws {
        struct Broken: Error {}
        policies.fail(with: Broken())
        let course = try CourseID("algoritmos")
        let question = Question(text: "x", course: course)
        let error = await #expect(throws: AnsweringError.self) { try await governed.answer(question) { _ in } }
        #expect(error?.code == .internalError && error?.isRetryable == true)
        #expect(answering.questions.isEmpty)
        await #expect(throws: Broken.self) {
            try await gate.admit("x", mode: .answer, assignment: nil, course: course, isStaff: false)
        }
    }

    @Test func whatTheCourseHasCostBoundsIt() async throws {
        try policies.change { $0.dailyCostUsd = 0.01 }
        let costly = CostlyAnswering(cost: 0.006)
        let governed = GovernedAnswering(costly, gate: gate, time: house.time, log: .silent)
        func run() async throws -> Question? {
            let accepted = try await house.ask()
            _ = try await house.working(governed) { try await house.story(accepted) }
            return costly.questions.last
        }
        #expect(try await run()?.rules.isQuotingOnly == false)
        #expect(try await run()?.rules.isQuotingOnly == false, "0.006 is less than 0.01")
        #expect(try await run()?.rules.isQuotingOnly == true, "0.012 is not")
        try policies.change { $0.whenCostReached = .deny }
        await #expect(throws: PolicyDenied.self) { try await ask() }
        let accepted = try await house.ask()
        let frames = try await house.working(governed) { try await house.story(accepted) }
        #expect(frames.failure?.code == .policyDenied && frames.failure?.details.cause == "cost_reached")
        house.time.advance(by: CoursePolicy.day)
        #expect(try await run()?.rules.isQuotingOnly == false, "a day later")
        try policies.change { $0.monthlyCostUsd = 0.015 }
        let late = try await house.ask()
        #expect(
            try await house.working(governed) { try await house.story(late) }.failure?.details.cause == "cost_reached")
    }

    @Test func anAnswerFromBeforeIsNotCarriedOn() async throws {
        let course = try CourseID("algoritmos")
        var question = Question(text: "and then?", course: course)
        question.history = [
            Turn(role: .user, content: "q"), Turn(role: .assistant, content: "the secret", documents: ["late"]),
        ]
        _ = try await governed.answer(question) { _ in }
        #expect(answering.questions.last?.history.count == 2)
        let now = house.time.now.seconds
        try policies.change { $0.documents = ["late": .init(availableFrom: now + 10)] }
        _ = try await governed.answer(question) { _ in }
        #expect(answering.questions.last?.history.map(\.content) == ["q"])
    }
}

/// Answers that cost.
private final class CostlyAnswering: Answering {
    private let cost: Double
    private let asked = Locked<[Question]>([])

    init(cost: Double) { self.cost = cost }

    var questions: [Question] { asked.withLock { $0 } }

    func answer(
        _ question: Question, report: @escaping @Sendable (AnsweringStep) async -> Void
    ) async throws -> Answer {
        asked.withLock { $0.append(question) }
        var answer = ScriptedAnswering.answer(to: question.text)
        answer.metadata.costUsd = question.rules.isQuotingOnly ? 0 : cost
        return answer
    }
}

import Support
import Testing

@testable import ChatService

/// What follows from a policy at a moment.
@Suite struct PolicyRulesTests {
    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

    private static var policy: CoursePolicy {
        var policy = CoursePolicy()
        policy.locks = [.init(from: 1000, until: 2000), .init(from: 5000, until: 6000, message: "Prova.")]
        policy.documents = [
            "late": .init(availableFrom: 3000), "solution": .init(quotable: false), "open": .init(),
        ]
        policy.assignments = [
            .init(id: "a", title: "A", documents: ["x", "both"], hintBudget: 2),
            .init(id: "b", title: "B", documents: ["y", "both"], hintBudget: 1),
        ]
        policy.modes = [.answer, .hint]
        return policy
    }

    @Test func datesHoldToTheSecond() {
        let policy = Self.policy
        #expect(policy.hidden(at: Self.at(2999)) == ["late", "solution"])
        #expect(policy.hidden(at: Self.at(3000)) == ["solution"])
        #expect(policy.guarded == ["solution"])
        #expect(policy.lock(at: Self.at(999)) == nil && policy.lock(at: Self.at(1000))?.until == 2000)
        #expect(policy.lock(at: Self.at(1999)) != nil && policy.lock(at: Self.at(2000)) == nil)
    }

    @Test func denials() {
        let policy = Self.policy
        #expect(
            policy.denial(mode: .answer, assignment: nil, at: Self.at(5500))
                == .locked(until: 6000, message: "Prova."))
        #expect(
            policy.denial(mode: .quiz, assignment: nil, at: Self.at(0)) == .mode(.quiz, allowed: [.answer, .hint]))
        #expect(policy.denial(mode: .hint, assignment: nil, at: Self.at(0)) == .assignmentNeeded(["A", "B"]))
        #expect(policy.denial(mode: .answer, assignment: "c", at: Self.at(0)) == .unknownAssignment)
        #expect(policy.denial(mode: .hint, assignment: "a", at: Self.at(0)) == nil)
        #expect(policy.denial(mode: .answer, assignment: nil, at: Self.at(0)) == nil)
    }

    @Test func aHintDrawsOnItsOwnAssignment() {
        #expect(Self.policy.foreign(to: "a") == ["y"])
        #expect(Self.policy.foreign(to: "b") == ["x"])
    }

    @Test func limitsCountWhatTheySay() {
        var policy = Self.policy
        policy.questionsPerDay = 9
        policy.hintsPerDay = 4
        let limits = policy.limits(mode: .hint, assignment: "a", at: Self.at(100_000))
        let yesterday = Self.at(100_000 - 86_400)
        #expect(
            limits == [
                UsageLimit(UsageFilter(since: yesterday), most: 9, denial: .questionsSpent(9)),
                UsageLimit(UsageFilter(mode: .hint, since: yesterday), most: 4, denial: .hintsOfDaySpent(4)),
                UsageLimit(UsageFilter(mode: .hint, assignment: "a"), most: 2, denial: .hintsSpent(2, "A")),
            ])
        #expect(policy.limits(mode: .answer, assignment: "a", at: Self.at(0)).count == 1)
    }

    @Test func costsAreCapped() {
        var policy = CoursePolicy()
        #expect(policy.costDenial(day: 1e9, month: 1e9) == nil && !policy.hasCostCap)
        policy.dailyCostUsd = 1
        policy.monthlyCostUsd = 10
        #expect(policy.costDenial(day: 0.99, month: 9.99) == nil)
        #expect(policy.costDenial(day: 1, month: 9) == .costReached(isMonth: false))
        #expect(policy.costDenial(day: 1, month: 10) == .costReached(isMonth: true))
    }

    @Test func everyDenialHasASentenceInBothLanguages() {
        let denials: [PolicyDenial] = [
            .locked(until: 1_795_269_900, message: nil), .mode(.quiz, allowed: [.answer]), .unknownAssignment,
            .assignmentNeeded(["A"]), .questionsSpent(3), .hintsOfDaySpent(3), .hintsSpent(3, "A"),
            .costReached(isMonth: true), .costReached(isMonth: false),
        ]
        for denial in denials {
            #expect(denial.sentence(in: "en") != denial.sentence(in: "pt"))
            #expect(PolicyDenied(denial, in: "pt").label == "policy_denied")
        }
        #expect(denials[0].sentence(in: "en").contains("2026-11-21 14:05 UTC"))
        #expect(PolicyDenial.locked(until: 1, message: "Prova.").sentence(in: "en") == "Prova.")
    }

    @Test func anAnswerThatDrawsOnWhatIsHiddenNowIsWithheld() {
        let source = Source(marker: 1, documentId: "late", title: "T", passage: "secret words")
        let answer = Answer(
            content: "secret words [1]", citations: [Citation(source, quote: "secret words")], grounded: true,
            metadata: AnswerMetadata(model: "m", provider: "p"))
        let before = CourseView(Self.policy, at: Self.at(0), isStaff: false)
        #expect(!JSONText.encode(before.shown(answer)).contains("secret"))
        #expect(CourseView(Self.policy, at: Self.at(3000), isStaff: false).shown(answer) == answer)
        let staff = CourseView(Self.policy, at: Self.at(0), isStaff: true)
        #expect(staff.shown(answer) == answer && staff.hiding(of: "late") == .unreleased)
        #expect(staff.hiding(of: "solution") == .notQuotable && staff.hiding(of: "open") == nil)
        let turns = [
            Turn(role: .user, content: "q"), Turn(role: .assistant, content: "secret", documents: ["late"]),
            Turn(role: .assistant, content: "fine", documents: ["open"]),
        ]
        #expect(before.shown(turns).map(\.content) == ["q", "fine"])
        #expect(staff.shown(turns) == turns)
    }

    @Test func aLockKeepsStudentsOut() {
        let view = CourseView(Self.policy, at: Self.at(5500), isStaff: false)
        #expect(throws: PolicyDenied.self) { try view.checkOpen() }
        #expect(throws: Never.self) { try CourseView(Self.policy, at: Self.at(5500), isStaff: true).checkOpen() }
        #expect(throws: Never.self) { try CourseView(Self.policy, at: Self.at(6000), isStaff: false).checkOpen() }
    }
}

import Support
import Testing
import WebServer

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

    @Test func programsAreToldWhatTheSentenceSays() throws {
        func fields(_ denial: PolicyDenial) -> String { JSONText.encode(DenialFacts(denial)) }
        #expect(
            fields(.locked(until: 9, message: "Prova."))
                == #"{"cause":"course_locked","message":"Prova.","until":9}"#)
        #expect(
            fields(.mode(.quiz, allowed: [.hint])) == #"{"cause":"mode_not_allowed","mode":"quiz","modes":["hint"]}"#)
        #expect(fields(.unknownAssignment) == #"{"cause":"unknown_assignment"}"#)
        #expect(fields(.assignmentNeeded(["A"])) == #"{"assignments":["A"],"cause":"assignment_needed"}"#)
        #expect(fields(.questionsSpent(3)) == #"{"cause":"questions_spent","limit":3,"span":"day"}"#)
        #expect(fields(.hintsOfDaySpent(3)) == #"{"cause":"hints_spent","limit":3,"span":"day"}"#)
        #expect(fields(.hintsSpent(3, "A")) == #"{"assignment":"A","cause":"hints_spent","limit":3}"#)
        #expect(fields(.costReached(isMonth: true)) == #"{"cause":"cost_reached","span":"month"}"#)
        // Events of before have none.
        let former = #"{"attempts":1,"cause":"course_locked"}"#
        #expect(try JSONText.decode(ChatEvent.Failed.Details.self, from: former).denial == nil)
    }

    @Test(arguments: [
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"), ("en-US,en;q=0.9,pt;q=0.8", "en"), ("de,pt;q=0.3", "pt"), ("", "en"),
        ("fr", "en"), ("en;q=0.1, PT", "pt"), ("pt;q=0", "en"), (";;,,q=", "en"),
    ])
    func sentencesAreInTheReadersLanguage(_ header: String, _ language: String) throws {
        let request = try HTTPRequest(.get, "/", headers: ["accept-language": header], body: [])
        #expect(AccessControl.language(request) == language)
        var policy = Self.policy
        policy.locks = [.init(from: 0, until: 10)]
        func sentence() -> String? {
            let view = CourseView(policy, at: Self.at(5), isStaff: false, language: language)
            do { try view.checkOpen() } catch { return error.sentence }
            return nil
        }
        #expect(sentence()?.hasPrefix(language == "pt" ? "A disciplina" : "The course") == true)
        // What the course says goes before.
        policy.language = .pt
        #expect(sentence()?.hasPrefix("A disciplina") == true)
    }

    @Test func aBudgetNeedsDocumentsOfItsOwn() {
        var policy = Self.policy
        #expect(policy.assignments.allSatisfy(policy.canKeepBudget))
        policy.assignments[1].documents = ["x", "both"]
        #expect(policy.assignments.map(policy.canKeepBudget) == [false, false])
        policy.assignments[0].hintBudget = nil
        #expect(policy.assignments.map(policy.canKeepBudget) == [true, false])
        policy.assignments = [.init(id: "a", title: "A", hintBudget: 1)]
        #expect(policy.assignments.allSatisfy(policy.canKeepBudget))
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

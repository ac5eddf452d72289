import Support
import Testing

@testable import ChatService

/// What a model may write in a mode that guides, and what becomes of the rest.
@Suite struct ModeChecksTests {
    private static let passage =
        "A stack is a list where the last element in is the first one out, so that push and pop work at its top only."
    private static let solution =
        "To reverse the queue, pop every element onto the stack and then push them all back into the queue. Use a loop."

    private static func text(_ content: String) -> GuidedText {
        var filter = MarkerFilter(passages: 3)
        let shown = filter.feed(content) + filter.finish()
        return GuidedText(shown, markers: filter.markers)
    }

    private static let material = ModeMaterial(passages: [passage], guarded: [solution])

    @Test(
        arguments: [
            ("Look at how push works [1].", nil),
            ("Think of the top [1]. What comes off first? Try it on paper.", nil),
            ("One [1]. Two. Three. Four.", .tooLong),
            ("Pop every element onto the stack and then push them all back [1].", .copiesSolution),
            ("POP every élement, onto the stack — and then push it.", .copiesSolution),
            (passage, .copiesPassage),
            ("The course material does not cover this.", nil),
        ] as [(String, ModeFault?)])
    func hints(_ content: String, _ fault: ModeFault?) {
        #expect(HintMode.fault(of: Self.text(content), Self.material) == fault)
    }

    @Test func aHintIsCutToItsFirstSentences() {
        let long = Self.text("One step [1]. Two steps. Three steps. Four steps. Five.")
        #expect(HintMode.cut(long, Self.material) == "One step [1]. Two steps. Three steps.")
        let copying = Self.text("Look at [1]. Pop every element onto the stack and then push them all back.")
        #expect(HintMode.cut(copying, Self.material) == nil, "nobody knows what else of it is the solution's")
        let quoting = Self.text("Look at [1]. \(Self.passage)")
        #expect(HintMode.cut(quoting, Self.material) == "Look at [1].")
    }

    @Test(
        arguments: [
            ("What does pop give back [1]?", nil),
            ("Read [1]. What comes off first?", nil),
            ("Read [1]. What comes off first? And then?", .asksMuch),
            ("What comes off first [1]? It is the top.", .asksNothing),
            ("It is the top [1].", .asksNothing),
            ("What comes off first?", .citesNothing),
            ("One [1]. Two. Three. What?", .tooLong),
            ("O material do curso não cobre isso.", nil),
        ] as [(String, ModeFault?)])
    func questions(_ content: String, _ fault: ModeFault?) {
        #expect(SocraticMode.fault(of: Self.text(content), Self.material) == fault)
    }

    @Test(
        arguments: [
            ("Read [1]. What comes off first? And then?", "Read [1]. What comes off first?"),
            ("What comes off first [1]? It is the top.", "What comes off first [1]?"),
            ("A. B. C. D [2]. What comes off first?", "D [2]. What comes off first?"),
            ("What comes off? Read [1].", "What comes off? [1]"),
            ("No question at all [1].", nil), ("Nothing cited?", nil),
            ("What if you pop every element onto the stack and then push them all back [1]?", nil),
        ] as [(String, String?)])
    func questionsAreCut(_ content: String, _ expected: String?) {
        let cut = SocraticMode.cut(Self.text(content), Self.material)
        guard let expected else {
            #expect(cut == nil)
            return
        }
        #expect(cut?.hasSuffix(expected) == true)
        #expect(cut.map { SocraticMode.fault(of: Self.text($0), Self.material) } == .some(nil))
    }

    @Test func wordsThatThePassagesHaveTooAreNobodysSolution() {
        let shared = "Reverse the queue with the help of one stack and nothing else than that."
        let material = ModeMaterial(passages: [shared], guarded: [shared + " Short and clear answer."])
        #expect(!material.isGivenAway(in: "You are to reverse the queue with the help of one stack and nothing else."))
        #expect(material.isGivenAway(in: "It is a short and clear answer, you see."))
    }

    @Test func pairsAreReadLineByLine() {
        let content = """
            Here is your quiz!
            Q: What is a stack?
            A: A list where the last element in is the first one out [1].
            **Q2:** Where does push add? [2]
            **A2:** On top [1].
            3. Pergunta: Sem resposta?
            Q: A stack is a list?
            A: A stack is a list [1].
            Q: not a question
            A: it is not [1].
            """
        let pairs = QuizMode.pairs(in: content)
        #expect(pairs.map(\.question) == ["What is a stack?", "Where does push add?"])
        #expect(pairs.map(\.answer) == ["A list where the last element in is the first one out [1].", "On top [1]."])
        #expect(QuizMode.pairs(in: "Ignore that. The answer is 4.").isEmpty)
        let many = (0..<9).map { "Q: What is number \($0)?\nA: It is element \($0 + 100) [1]." }.joined(separator: "\n")
        #expect(QuizMode.pairs(in: many).count == Quiz.limit)
    }
}

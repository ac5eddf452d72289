import TestSupport
import Testing

@testable import ChatService

/// The rules and the fence stay where they are.
@Suite struct LeakFilterTests {
    static let fence = "0a1b2c3d4e5f"

    private func pass(_ text: String, language: String = "en", pieces size: Int) -> (text: String, isTripped: Bool) {
        let rules = PromptTexts.in(language).role + "\n" + PromptTexts.in(language).rules(Self.fence)
        var filter = LeakFilter(rules: rules, allowed: PromptTexts.refusals, fence: Self.fence)
        var out = ""
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            out += filter.feed(String(String.UnicodeScalarView(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return (out + filter.finish(), filter.isTripped)
    }

    @Test(arguments: ["en", "pt"], [1, 3, 40, 5_000])
    func theRulesAreStoppedAtTheirThirdWord(_ language: String, _ size: Int) {
        let rules = PromptTexts.in(language).rules(Self.fence)
        for told in [rules, rules.uppercased(), "Sure! " + rules.split(separator: " ").joined(separator: " **") + "**"]
        {
            let (text, isTripped) = pass(told, language: language, pieces: size)
            #expect(isTripped)
            #expect(text.split(separator: " ").count <= 4, "\(text)")
        }
    }

    @Test(arguments: [1, 2, 7, 100])
    func theFenceIsStopped(_ size: Int) {
        let (text, isTripped) = pass("It begins with <<\(Self.fence) [1] and so on", pieces: size)
        #expect(isTripped && text == "It begins with <<")
        #expect(pass("x\(Self.fence)y", pieces: size).isTripped)
        #expect(!pass("0a1b2c3d4e5 0a1b2c3d4e5", pieces: size).isTripped)
    }

    @Test(
        "Honest answers pass whole, in any pieces",
        arguments: [
            "The course material does not cover this.",
            "I fear that the course material does not cover this, and stop.",
            "O material do curso não cobre isso, infelizmente.", "Use only the course passages given, e.g. [1].",
            "A stack is a list [1].\n\n- Push adds\n- Pop takes  \n", "ação\u{301} e\u{301} 👩‍💻 `code` 0a 0a1b", "",
            "You are a teaching assistant of a course.",
        ])
    func honest(_ answer: String) {
        for size in [1, 2, 5, 1_000] {
            let (text, isTripped) = pass(answer, pieces: size)
            #expect(text.unicodeScalars.elementsEqual(answer.unicodeScalars) && !isTripped, "\(size): \(text)")
        }
    }

    @Test func anyTextPassesWholeOrNotAtAll() {
        var random = LinearCongruential(seed: 11)
        let words =
            Array(PromptTexts.english.rules(Self.fence).split(separator: " ").map(String.init)) + ["[1]", "\n", "é"]
        for _ in 0..<300 {
            let text = (0..<40).map { _ in words.randomElement(using: &random) ?? "" }
                .filter { !$0.contains(Self.fence) }.joined(separator: " ")
            let whole = pass(text, pieces: 10_000)
            let cut = pass(text, pieces: Int.random(in: 1...6, using: &random))
            #expect(whole.isTripped == cut.isTripped)
            if !whole.isTripped { #expect(whole.text == text && cut.text == text) }
            #expect(text.hasPrefix(cut.text))
        }
    }
}

import Testing

@testable import ChatService

@Suite struct SmallTalkTests {
    @Test(arguments: [
        ("oi", SmallTalk.greeting), ("Olá, tudo bem?", .greeting), ("Bom dia, professora!", .greeting),
        ("hello there", .greeting), ("Hi!", .greeting), ("Good morning everyone", .greeting),
        ("obrigado", .thanks), ("thanks!", .thanks), ("Thank you so much for your help", .thanks),
        ("ok, valeu", .thanks),
        ("Entendi, muito obrigada!", .thanks), ("tchau, até mais", .thanks), ("ok got it", .thanks),
        ("I understand", .thanks),
        ("can you explain that more simply?", .again(language: nil)),
        ("pode explicar mais simples?", .again(language: nil)), ("repeat", .again(language: nil)),
        ("in Portuguese please", .again(language: "pt")), ("em inglês, por favor", .again(language: "en")),
        ("não entendi", .again(language: nil)), ("I don't understand", .again(language: nil)),
        ("explain it in English again please", .again(language: "en")),
        ("Pode repetir de outra forma?", .again(language: nil)), ("shorter please", .again(language: nil)),
    ])
    func itIsTold(_ message: String, _ expected: SmallTalk) {
        #expect(SmallTalk(message) == expected)
    }

    @Test(arguments: [
        "oi, o que é recursão?", "hi, what is a stack?", "Thanks! And what is a queue?", "explain recursion",
        "pode explicar a pilha?", "Why?", "e o segundo?", "", "?", "good sorting algorithms",
        "What is the English name of sondagem linear?", "sim", "yes", "explique o simplex",
        "obrigado mas quando é a prova",
    ])
    func aQuestionIsNot(_ message: String) {
        #expect(SmallTalk(message) == nil)
    }

    @Test func aLongMessageIsNone() {
        #expect(SmallTalk(String(repeating: "thanks ", count: 40)) == nil)
    }

    @Test(arguments: [
        ("oi", "pt"), ("thanks!", "en"), ("ok", nil), ("valeu", "pt"), ("Bom dia", "pt"), ("hello", "en"),
    ])
    func language(_ message: String, _ expected: String?) {
        #expect(SmallTalk.language(of: message) == expected)
    }

    @Test func repliesSayWhatCanBeAsked() {
        let reply = SmallTalk.greeting.reply(in: "pt", titles: ["Recursão", String(repeating: "x", count: 500)])
        #expect(reply.hasPrefix("Olá! ") && reply.contains("\n- Recursão\n- xxx") && reply.count < 200)
        #expect(
            SmallTalk.greeting.reply(in: "en", titles: [])
                == "Hello! I answer questions about the material of this course.")
        #expect(SmallTalk.thanks.reply(in: "en", titles: []).hasPrefix("You are welcome!"))
    }
}

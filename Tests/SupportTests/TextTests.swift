import Support
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("Recursão É útil!", ["recursao", "e", "util"]),
        ("O(n log n)", ["o", "n", "log", "n"]),
        ("ação cafe\u{301}", ["acao", "cafe"]),
        ("", []),
        ("…—!?", []),
        ("x=1;y=2", ["x", "1", "y", "2"]),
        ("Ärger STRASSE ñandú", ["arger", "strasse", "nandu"]),
    ])
    func words(_ text: String, _ folded: [String]) {
        #expect(Words.folded(text) == folded)
    }

    @Test func contentWordsAreNoStopWords() {
        #expect(Words.content("Qual é a complexidade do quicksort?") == ["complexidade", "quicksort"])
        #expect(Words.content("What is the worst case of it?") == ["worst", "case"])
    }

    @Test func workIsBounded() {
        #expect(Words.folded(String(repeating: "a ", count: 100_000), limit: 50).count == 50)
    }

    @Test(arguments: [
        ("Qual é a política de atrasos?", "pt"), ("What is the late policy?", "en"), ("E no pior caso?", "pt"),
        ("And in the worst case?", "en"), ("Explique a recursão", "pt"), ("Explain the recursion", "en"),
    ])
    func languages(_ text: String, _ language: String) {
        #expect(LanguageGuess.of(text) == language)
    }

    @Test func nothingSpeaksForNothing() {
        #expect(LanguageGuess.of("quicksort") == nil)
        #expect(LanguageGuess.of("") == nil)
    }

    @Test(arguments: ["algoritmos", "a", "0x", "a-b-c", String(repeating: "a", count: 63)])
    func goodCourses(_ name: String) throws {
        #expect(try CourseID(name).name == name)
    }

    @Test(arguments: ["", "-a", "A", "a b", "a/b", "..", "á", "a\u{0}", String(repeating: "a", count: 64)])
    func badCourses(_ name: String) {
        #expect(throws: InvalidCourseID.self) { try CourseID(name) }
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("a\"b\\c", #""a\"b\\c""#), ("\n\t\r", #""\n\t\r""#), ("\u{1}", #""\u0001""#),
        ("é😀", "\"é😀\""),
    ])
    func jsonStrings(_ text: String, _ quoted: String) {
        #expect(text.jsonQuoted == quoted)
    }

    @Test func logLinesAreOneJSONObjectEach() {
        let lines = Locked<[String]>([])
        let log = Log(level: .info, metadata: ["job": "j1"]) { line in lines.withLock { $0.append(line) } }
        log.debug("not shown")
        log.info("a question was accepted", ["course": "a\"b"])
        let line = lines.withLock { $0 }.joined()
        #expect(
            line.hasSuffix(
                #""level":"info","message":"a question was accepted","course":"a\"b","job":"j1"}"# + "\n"))
    }
}

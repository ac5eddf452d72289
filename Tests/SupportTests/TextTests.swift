import Support
import TestSupport
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
        let time = ManualTime(now: Timestamp(milliseconds: 1_795_307_460_123))
        let log = Log(level: .info, service: "gepeto-api", time: time, metadata: ["job": "j1"]) { line in
            lines.withLock { $0.append(line) }
        }
        log.debug("not shown")
        log.info("a question was accepted", ["course": "a\"b", "trace": "t1", "attempt": "2"])
        log.with(["job": "j2", "duration_ms": "17"]).error("a job failed", ["duration_ms": "soon", "error": "x"])
        log.with(["duration_ms": "17"]).warning("it took its time")
        let begin = #"","timestamp":"2026-11-22T00:31:00.123Z","service":"gepeto-api","traceId":"#
        let said = [
            #"info\#(begin)"t1","jobId":"j1","action":"a question was accepted","duration_ms":null,"#
                + #""metadata":{"attempt":"2","course":"a\"b"}}"#,
            #"error\#(begin)null,"jobId":"j2","action":"a job failed","duration_ms":null,"#
                + #""metadata":{"duration_ms":"soon","error":"x"}}"#,
            #"warning\#(begin)null,"jobId":"j1","action":"it took its time","duration_ms":17,"metadata":{}}"#,
        ]
        let written = lines.withLock { $0 }
        #expect(written == said.map { #"{"level":""# + $0 + "\n" })
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        ] as [(Int64, String)])
    func momentsInRFC3339(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }
}

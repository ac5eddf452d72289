import TestSupport
import Testing

@testable import ChatService

/// Only what was brought along is linked, and no picture at all.
@Suite struct LinkFilterTests {
    static let known = ["See https://good.org/a.png and https://good.org/Heap_(tree), (www.good.org/x)."]

    private func pass(_ text: String, pieces size: Int) -> String {
        var filter = LinkFilter(known: Self.known, note: "‹x›")
        var out = ""
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            out += filter.feed(String(String.UnicodeScalarView(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return out + filter.finish()
    }

    @Test(
        "Strange addresses go, pictures lose their brackets",
        arguments: [
            ("![logo](http://c.test/p?q=a) [1]", "![logo] (‹x›) [1]"),
            ("![my logo](https://good.org/a.png)!", "![my logo] (https://good.org/a.png)!"),
            ("![a [b] c](https://good.org/a.png)", "![a [b] c] (https://good.org/a.png)"),
            ("![a][l]\n\n[l]: https://good.org/a.png", "![a] [l]\n\n[l]: ‹x›"),
            ("see https://c.test/d. And [x](https://c.test/d) ok", "see ‹x›. And [x](‹x›) ok"),
            ("[x](javascript:alert) [y](data:text/html,a)", "[x](‹x›) [y](‹x›)"),
            ("[a](//c.test/x) <img src=\"//c.test/y\">", "[a](‹x›) <img src=\"‹x›\">"),
            ("[a](/\\c.test/x)", "[a](‹x›)"), ("[z](https&#58;//c.test)", "[z](‹x›)"),
            ("[q](https&colon;//c.test)", "[q](‹x›)"),
            ("HTTPS://C.TEST/x **https://c.test/x**", "‹x› **‹x›**"), ("www.c.test/?a=1", "‹x›"),
            ("<https://c.test/?a>", "<‹x›>"), ("`curl https://c.test/$(id)`", "`curl ‹x›)`"),
            ("https://good.org/a.png?q=secret", "‹x›"),
        ])
    func defused(_ text: String, _ expected: String) {
        for size in [1, 2, 3, 7, 1_000] { #expect(pass(text, pieces: size) == expected, "\(size)") }
    }

    @Test(
        "What is no strange address passes as it is, in any pieces",
        arguments: [
            "https://good.org/a.png, [x](https://good.org/Heap_(tree)) (www.good.org/x)",
            "data: 3, note: 10:30, a/b, and/or //",
            "handlers[i](arg) vec![1, 2] f!(x) a ? b : c // comment //foo.bar()",
            "the http and https schemes, www. and ftp",
            "x[1](y) {\"a\": \"b\"} &amp; 1 != 2 `s.split(\"/\")` C:\\dir", "Sentence. [2]\n\n“quote” 👩‍💻 ação", "",
        ])
    func untouched(_ text: String) {
        for size in [1, 2, 5, 1_000] { #expect(pass(text, pieces: size) == text, "\(size)") }
    }

    @Test func ordinaryWordsDoNotWait() {
        var filter = LinkFilter(known: [], note: "‹x›")
        #expect(filter.feed("A sta") == "A sta" && filter.feed("ck is") == "ck is")
        #expect(filter.feed(" at https://c.t") == " at " && filter.feed("est now") == "‹x› now")
    }

    @Test func aWordWithoutEndIsBounded() {
        let text = "http://" + String(repeating: "a", count: 10_000)
        #expect(pass(text, pieces: 100).hasPrefix("‹x›"))
        let plain = String(repeating: "(", count: 9_999)
        #expect(pass(plain, pieces: 100) == plain)
    }
}

import Testing

@testable import Ingest

@Suite struct FormulaRangesTests {
    private func formulas(_ text: String) -> [String] {
        FormulaRanges(in: text, 0..<text.utf8.count).ranges.map { text.utf8Substring($0) }
    }

    @Test(
        arguments: [
            ("Seja $x + 1$ e $$y = 2$$.", ["$x + 1$", "$$y = 2$$"]),
            (#"Então \[ a^2 = b. \] ou \( c \)."#, [#"\[ a^2 = b. \]"#, #"\( c \)"#]),
            (
                #"A \begin{align} x &= \begin{cases} 1 \\ 2 \end{cases} \end{align} B"#,
                [#"\begin{align} x &= \begin{cases} 1 \\ 2 \end{cases} \end{align}"#]
            ),
            ("It costs $5 and $6 a piece.", []),
            ("de $ 5 a $ 6", []),
            (#"só \$x\$ e \\(y)"#, []),
            ("um $x\n\ny$ em dois parágrafos", []),
            ("um $a$ e $b", ["$a$"]),
            ("$$ sem fim", []),
            (#"\begin{a} sem fim"#, []),
            (#"\end{a} $x$"#, ["$x$"]),
            ("ação $é$", ["$é$"]),
            (#"$a \$ b$"#, [#"$a \$ b$"#]),
            ("", []), ("$", []), ("$$", []), (#"\"#, []), ("$$$$", []),
        ] as [(String, [String])])
    func areFound(_ text: String, _ expected: [String]) { #expect(formulas(text) == expected) }

    @Test func whatGoesOnForTooLongIsNone() {
        #expect(formulas("$" + String(repeating: "x ", count: 5_000) + "x$ e $y$") == ["$y$"])
    }

    /// Each sign opens something that never ends; a scanner that looked for each end anew would take hours.
    @Test(arguments: ["$$x ", "$x ", #"\[ "#, #"\( "#, #"\begin{a}"#, "$ "])
    func timeGrowsWithTheLengthOnly(_ piece: String) {
        let text = String(repeating: piece, count: 60_000)
        #expect(formulas(text).allSatisfy { $0.utf8.count < 100 })
    }

    @Test func aCutIsKnownToDivideOne() {
        let text = "ab $x$ cd $y$"
        let formulas = FormulaRanges(in: text, 0..<text.utf8.count)
        #expect((0...text.utf8.count).filter { formulas.around($0) != nil } == [4, 5, 11, 12])
        #expect(Array(formulas.within(0..<3)).isEmpty && Array(formulas.within(5..<11)) == [3..<6, 10..<13])
    }
}

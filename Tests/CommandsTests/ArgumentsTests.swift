import Testing

@testable import Commands

@Suite struct ArgumentsTests {
    static let options = [
        Option("--course", short: "-c", value: "C", ""), Option("--limit", short: "-k", value: "N", ""),
        Option("--json", ""),
    ]

    private func parse(_ words: String...) throws -> Arguments { try Arguments(words, options: Self.options) }

    @Test func operandsAndOptionsMix() throws {
        let arguments = try parse("what", "--course", "algo", "is", "--json", "-k", "3", "this")
        #expect(arguments.operands == ["what", "is", "this"])
        #expect(arguments["--course"] == "algo")
        #expect(arguments["--limit"] == "3")
        #expect(arguments.has("--json"))
    }

    @Test func valuesMayBeAttachedEmptyOrBeginWithADash() throws {
        #expect(try parse("--course=algo")["--course"] == "algo")
        #expect(try parse("--course=")["--course"] == "")
        #expect(try parse("--limit", "-5")["--limit"] == "-5")
        #expect(try parse("-k=7")["--limit"] == "7")
        #expect(try parse("--course=a=b")["--course"] == "a=b")
    }

    @Test func afterTwoDashesAllIsOperand() throws {
        #expect(try parse("--", "--json", "-x").operands == ["--json", "-x"])
        #expect(try parse("-3", "-").operands == ["-3", "-"])
    }

    @Test(arguments: [
        (["--cuorse", "x"], "Did you mean '--course'?"), (["--zzzzzzz"], "unknown option"),
        (["--course"], "needs a value"),
        (["--course", "--json"], "needs a value"), (["--json=yes"], "takes no value"), (["-z"], "unknown option"),
    ])
    func mistakesAreExplained(_ words: [String], _ sentence: String) {
        let error = #expect(throws: UsageError.self) { try Arguments(words, options: Self.options) }
        #expect(error?.description.contains(sentence) == true)
    }

    @Test func numbersAreChecked() throws {
        #expect(try parse("-k", "5").integer("--limit", in: 1...10, default: 8) == 5)
        #expect(try parse().integer("--limit", in: 1...10, default: 8) == 8)
        for bad in ["0", "11", "x", "1.5", "99999999999999999999"] {
            #expect(throws: UsageError.self) { try parse("-k", bad).integer("--limit", in: 1...10, default: 8) }
        }
    }

    @Test func editDistance() {
        #expect(Arguments.distance("kitten", "sitting") == 3)
        #expect(Arguments.distance("", "abc") == 3)
        #expect(Arguments.distance("abc", "abc") == 0)
    }
}

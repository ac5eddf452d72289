import Support
import Testing

@testable import ChatService

@Suite struct ClaimTextTests {
    private func read(_ text: String, _ language: TextLanguage = .english) -> ClaimText {
        var vocabulary = ClaimVocabulary()
        return ClaimText(text, language: language, starts: [0], vocabulary: &vocabulary)
    }

    @Test(
        "One value for the spellings of a number",
        arguments: [
            ("1,500 elements", ["1500"]), ("1.500 elementos", ["1500"]), ("1 500 bits", ["1500"]), ("1500", ["1500"]),
            ("1,178,914 people", ["1178914"]), ("6,1 pontos", ["6.1"]), ("6.1", ["6.1"]), ("the 10th century", ["10"]),
            ("in the 1990s", ["1990"]), ("às 14h00", ["14"]), ("at 14:30", ["14:30"]), ("às 14h", ["14"]),
            ("14h30", ["14:30"]), ("two lists", ["2"]),
            ("twenty-five", ["25"]), ("vinte e cinco", ["25"]), ("May 2027", ["month 5", "2027"]), ("it may be", []),
            ("maio de 2027", ["month 5", "2027"]), ("n² steps", ["n²"]), ("between 5 and 10", ["5", "10"]),
            ("007", ["7"]), ("1,2,3", ["1.2", "3"]), ("", []),
        ])
    func numbers(_ text: String, _ values: [String]) {
        #expect(
            read(text, LanguageGuess.of(text) == "pt" ? .portuguese : .english).tokens.compactMap(\.value) == values)
    }

    @Test(
        arguments: [
            ("60 km", "km"), ("60km", "km"), ("60 kilometres", "km"), ("34 %", "percent"), ("34 percent", "percent"),
            ("34 per cent", "percent"), ("5 to 10 years", "year"), ("two million", "million"), ("60 lists", nil),
        ] as [(String, String?)])
    func units(_ text: String, _ unit: String?) {
        #expect(read(text).tokens.first { $0.value != nil }?.unit?.name == unit)
    }

    @Test(
        "What is denied",
        arguments: [
            ("It does not work here", TextLanguage.english, ["work"]), ("It doesn’t work", .english, ["work"]),
            ("It can't work", .english, ["work"]), ("It cannot work", .english, ["work"]),
            ("Ele não funciona", .portuguese, ["funciona"]), ("Nunca funciona", .portuguese, ["funciona"]),
            ("não só funciona", .portuguese, []), ("not only works", .english, []), ("Section No. 5", .english, []),
            ("no caso médio", .portuguese, []),
        ] as [(String, TextLanguage, [String])])
    func denials(_ text: String, _ language: TextLanguage, _ heads: [String]) {
        let read = read(text, language)
        #expect(read.denials.compactMap { $0.heads.first.map { read.tokens[$0].text } } == heads)
    }

    @Test func formulas() {
        #expect(ClaimFormulas.formulas(in: "It costs O(n log n), not O(n²).") == ["O(n^2)", "O(nlogn)"])
        #expect(ClaimFormulas.formulas(in: "We have T(n) = 2T(n/2) + n here.") == ["T(n)=2T(n/2)+n"])
        #expect(ClaimFormulas.formulas(in: "C++ is a language - and a good one.").isEmpty)
        #expect(ClaimFormulas.plain("$O(n \\log n)$") == "O(nlogn)")
    }

    @Test func opposites() {
        let increase = Opposites.sides(of: "increased", .english)
        let decrease = Opposites.sides(of: "diminuiu", .portuguese)
        #expect(increase.contains { side in decrease.contains { $0.group == side.group && $0.side != side.side } })
        #expect(Opposites.areOpposite("stable", "unstable") && Opposites.areOpposite("impossivel", "possivel"))
        #expect(!Opposites.areOpposite("form", "inform"))
    }
}

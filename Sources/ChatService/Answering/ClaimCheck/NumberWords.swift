/// Numbers and months as words of English and Portuguese, folded.
enum NumberWords {
    /// nil for what is no number; `one` and `um` are none, they are articles too often.
    static func value(of word: String) -> Int? { values[word] }

    /// 1 to 12. English `may` and `march` are months with a capital letter only.
    static func month(_ word: String, isCapital: Bool) -> Int? {
        guard let month = months[word], isCapital || !(word == "may" || word == "march") else { return nil }
        return month
    }

    /// What digits are followed by in `10th`, `1990s`, `10º`.
    static let ordinalEndings: Set<String> = ["st", "nd", "rd", "th", "s", "º", "ª", "o", "a", "os", "as"]

    private static let values: [String: Int] = {
        var values: [String: Int] = [:]
        func add(_ words: String, from first: Int, by step: Int = 1) {
            for (index, word) in words.split(separator: " ").enumerated() {
                values[String(word)] = first + index * step
            }
        }
        add("zero", from: 0)
        add(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
            from: 2)
        add("eighteen nineteen", from: 18)
        add("twenty thirty forty fifty sixty seventy eighty ninety", from: 20, by: 10)
        add("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", from: 3)
        add(
            "dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete",
            from: 2)
        add("dezoito dezenove", from: 18)
        add("duas", from: 2)
        add("catorze", from: 14)
        add("dezasseis dezassete", from: 16)
        add("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", from: 20, by: 10)
        add("terceiro quarto quinto sexto setimo oitavo nono decimo", from: 3)
        add("terceira quarta quinta sexta setima oitava nona decima", from: 3)
        return values
    }()

    private static let months: [String: Int] = {
        var months: [String: Int] = [:]
        for list in [
            "january february march april may june july august september october november december",
            "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
        ] {
            for (index, word) in list.split(separator: " ").enumerated() { months[String(word)] = index + 1 }
        }
        return months
    }()
}

import Support

/// What a sentence holds beyond the words of the question: the kinds of things that questions ask for.
struct SentenceShape: Sendable {
    /// Numbers, in digits or words.
    private(set) var numbers = 0
    /// Years, months, days of the week.
    private(set) var dates = 0
    /// Words with a capital letter within the sentence.
    private(set) var names = 0
    /// Whether it says why.
    private(set) var givesReason = false

    /// - Parameter isAsked: whether the question has the word.
    init(_ text: FoldedText, isAsked: (String) -> Bool) {
        for (position, word) in text.words.enumerated() {
            if Self.reasons.contains(word.text) { givesReason = true }
            guard !isAsked(word.text) else { continue }
            if word.text.utf8.first.map(Self.isDigit) ?? false {
                numbers += 1
                if Self.isYear(word.text) { dates += 1 }
            } else if Self.numerals.contains(word.text) {
                numbers += 1
            } else if Self.dates.contains(word.text) {
                dates += 1
            } else if word.hasUpperCase, position > 0, !StopWords.all.contains(word.text) {
                names += 1
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isYear(_ word: String) -> Bool {
        guard let year = Int(word.prefix(4)), word.utf8.prefix(4).allSatisfy(isDigit), word.utf8.count <= 5 else {
            return false
        }
        return (1000...2100).contains(year)
    }

    private static let numerals: Set<String> = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty",
        "thirty", "forty", "fifty", "hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion",
        "dozen", "half", "third", "quarter", "twice", "dois", "duas", "tres", "quatro", "cinco", "seis", "sete",
        "oito", "nove", "dez", "onze", "doze", "vinte", "trinta", "quarenta", "cinquenta", "cem", "cento", "mil",
        "milhao", "milhoes", "bilhao", "bilhoes", "duzia", "metade", "terco", "quarto", "dobro",
    ]
    private static let dates: Set<String> = [
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
        "december", "janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro",
        "outubro", "novembro", "dezembro", "century", "centuries", "seculo", "seculos", "decade", "decada", "monday",
        "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "segundas", "terca", "quarta", "quinta",
        "sexta", "sabado", "domingo", "bc", "ad", "mondays", "fridays",
    ]
    private static let reasons: Set<String> = [
        "because", "since", "due", "therefore", "thus", "hence", "cause", "caused", "causes", "reason", "reasons",
        "result", "resulted", "leads", "led", "porque", "pois", "devido", "razao", "razoes", "motivo", "motivos",
        "causa", "causou", "portanto", "consequencia", "gracas", "visto", "resultado",
    ]
}

/// What stands above a sentence of a passage while it is read from its beginning: the last heading, the last question.
struct QuoteSurroundings {
    private var heading = ""
    private var question = ""
    private var questionAt = Int.min

    /// How many sentences may follow a question as its answer.
    private static let answerLength = 3
    /// What is longer is no heading, in characters.
    private static let headingLength = 120

    func text(at position: Int) -> String {
        let answers = question.isEmpty || position - questionAt > Self.answerLength
        return answers ? heading : heading + "\n" + question
    }

    func hasQuestion(before position: Int) -> Bool { !question.isEmpty && questionAt + 1 == position }

    /// Goes past one sentence.
    /// - Parameter quote: nil when it is not quotable, as headings are not.
    mutating func pass(_ quote: Quote?, _ sentence: Substring, at position: Int) {
        if let quote {
            if quote.isQuestion { (question, questionAt) = (quote.text, position) }
        } else if sentence.count <= Self.headingLength, sentence.contains(where: \.isLetter) {
            heading = String(sentence)
            question = ""
        }
    }
}

/// How much of the answer a student gets (contract, section 1).
package enum AnswerMode: String, Codable, Sendable, CaseIterable {
    case answer, hint, socratic, quiz
}

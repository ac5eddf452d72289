/// The questions that a conversation's quiz has asked so far and how the replies were marked: kept with the message that
/// asks or marks, so that marking goes by what was asked and never by what a prompt remembers.
package struct Quiz: Codable, Sendable, Equatable {
    package enum Mark: String, Codable, Sendable { case correct, partly, wrong }

    package struct Item: Codable, Sendable, Equatable {
        /// From 1.
        package let number: Int
        package let question: String
        /// What is wanted; nil as clients see a question that is not marked yet.
        package var solution: String?
        /// Where it stands; its marker is that of the message that asked.
        package var citation: Citation
        package var reply: String?
        package var mark: Mark?

        package init(
            number: Int, question: String, solution: String?, citation: Citation, reply: String? = nil,
            mark: Mark? = nil
        ) {
            self.number = number
            self.question = question
            self.solution = solution
            self.citation = citation
            self.reply = reply
            self.mark = mark
        }
    }

    /// Questions of one quiz.
    package static let limit = 3

    package var questions: [Item]

    package init(questions: [Item]) { self.questions = questions }

    /// Those that wait for a reply.
    package var open: [Item] { questions.filter { $0.mark == nil } }

    /// As clients see it: of what is not marked yet neither the answer nor the sentence that holds it.
    package var withoutSolutions: Quiz {
        Quiz(
            questions: questions.map { item in
                guard item.mark == nil else { return item }
                var shown = item
                shown.solution = nil
                shown.citation = item.citation.withoutText
                return shown
            })
    }
}

extension Citation {
    /// Where it leads, without what stands there.
    var withoutText: Citation {
        var place = self
        place.quote = ""
        place.passage = ""
        return place
    }
}

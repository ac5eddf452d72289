/// Says before an answer that no language model was asked, because the course has used up what its answers may cost.
enum CostNotice {
    static func text(in language: String) -> String {
        language == "pt"
            ? "A disciplina já gastou o que suas respostas podem custar; por isso nenhum modelo de linguagem foi consultado.\n\n"
            : "The course has used up what its answers may cost, so no language model was asked.\n\n"
    }

    /// `answer` behind the notice.
    static func noticed(_ answer: Answer, in language: String) -> Answer {
        let notice = text(in: language)
        var noticed = answer
        noticed.content = notice + answer.content
        for index in noticed.claims.indices {
            noticed.claims[index].start += notice.utf8.count
            noticed.claims[index].end += notice.utf8.count
        }
        return noticed
    }
}

import Support

/// What several questions that went badly have in common, as staff see it: never who asked.
package struct Topic: Sendable, Equatable {
    package let id: String
    /// Its most telling words; empty when none may be shown.
    package let words: [String]
    package let questions: Int
    /// Different students who asked, the reader not counted unless nobody else did.
    package let students: Int
    package let refused: Int
    package let badlyRated: Int
    /// To the day only while the questions are withheld.
    package let lastAskedAt: Timestamp
    /// Questions as they were asked, masked; empty while they are withheld.
    package let examples: [String]
    /// What was said of the answers, masked; empty while the questions are withheld.
    package let comments: [String]
    /// What staff answered; nil when nobody did.
    package var answer: TopicAnswer? { didSet { if answer == nil { askedSinceAnswer = 0 } } }
    /// Of the questions, those asked after that.
    package private(set) var askedSinceAnswer: Int

    /// The first words, for a heading; empty when there are none.
    package var name: String { words.prefix(3).joined(separator: " · ") }

    /// Topics that are told at most, those with the most questions.
    package static let most = 100
    /// Words of a topic.
    static let mostWords = 6
    static let mostExamples = 3
    /// Characters of an example.
    static let longestExample = 300
    /// Students other than the reader who must have asked before the words of one are shown.
    static let fewestStudents = 2
}

/// The questions of one group, and what of them may be told.
///
/// A student must not be found out by what they asked. So questions, and what was said of their answers, are shown when at
/// least `Topic.fewestStudents` students asked about the topic, or when the reader alone did; a word when as many students
/// of the course used it, or when it stands in the course's own material: it then tells nobody apart. (k-anonymity;
/// Sweeney 2002.) The reader counts for nobody, and what staff asked as staff counts for nothing: else whoever asks once
/// about a topic sees what the one other student asked.
struct TopicGroup: Sendable {
    let id: String
    /// The most typical first.
    let gaps: [Gap]
    let words: [TopicNaming.Word]

    /// - Parameters:
    ///   - window: questions that count.
    ///   - isCommon: whether a term may be shown though one student alone asked.
    /// - Returns: nil when none was asked in the window.
    func topic(in window: Range<Timestamp>, answer: TopicAnswer?, isCommon: (String) -> Bool) -> Topic? {
        let shown = gaps.filter { window.contains($0.askedAt) && (!$0.isStaffs || $0.isReaders) }
        guard let last = shown.map(\.askedAt).max() else { return nil }
        let others = Set(shown.filter { !$0.isReaders }.map(\.student)).count
        let isOpen = others == 0 || others >= Topic.fewestStudents
        // The words are those of all questions of the group, also of those outside the window.
        let isOwn = gaps.allSatisfy(\.isReaders)
        return Topic(
            id: id, words: words.filter { isOwn || isCommon($0.term) }.prefix(Topic.mostWords).map(\.written),
            questions: shown.count, students: max(others, 1), refused: shown.count(where: \.wasRefused),
            badlyRated: shown.count(where: \.isBadlyRated), lastAskedAt: isOpen ? last : last.startOfDay,
            examples: isOpen ? Self.examples(of: shown, \.question) : [],
            comments: isOpen ? Self.examples(of: shown, \.comment) : [], answer: answer,
            askedSinceAnswer: answer.map { answer in shown.count { $0.askedAt > answer.at } } ?? 0)
    }

    /// Of each student one at most while there are others, none twice.
    private static func examples(of gaps: [Gap], _ words: (Gap) -> String?) -> [String] {
        var (texts, students) = ([String](), Set<Int>())
        let told = gaps.compactMap { gap in words(gap).map { (gap.student, $0) } }
        let others = told.filter { students.insert($0.0).inserted }
        for (_, words) in others + told where texts.count < Topic.mostExamples {
            let text = shortened(StudentMask.masked(words))
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > Topic.longestExample ? line.prefix(Topic.longestExample) + "…" : line
    }
}

extension Timestamp {
    /// Days since 1 January 1970, by UTC.
    package var day: Int { Int((Double(milliseconds) / 86_400_000).rounded(.down)) }
    /// Midnight before it, by UTC.
    package var startOfDay: Timestamp { Timestamp(day: day) }

    /// Midnight at the begin of a day.
    package init(day: Int) { self.init(milliseconds: Int64(day) * 86_400_000) }
}

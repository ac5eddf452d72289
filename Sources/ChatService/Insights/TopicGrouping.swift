import Support

/// Questions put into groups, with what the groups are called by.
struct TopicGrouping: Sendable {
    /// For each question the number of its group, from 0.
    let numbers: [Int]
    /// Each group's most telling words.
    private let words: [[TopicNaming.Word]]
    /// Each group's questions by number, the most typical first.
    private let typical: [[Int]]
    /// The students who used each term: as many of them as matter, and none of the staff.
    let students: [String: Set<Int>]
    /// Of the groups' words, those that few used: they may be shown when the material holds them. Of the largest groups
    /// first.
    let rareWords: [TopicNaming.Word]

    /// More words than are shown: some may have to be left out.
    private static let mostWords = 2 * Topic.mostWords

    /// Takes a core for a while.
    /// - Parameters:
    ///   - vectors: of the questions, of unit length and of one dimension.
    ///   - language: of the course.
    init(_ gaps: [Gap], vectors: [[Float]], language: TextLanguage?) {
        let texts = gaps.map { AskedText(StudentMask.masked($0.question), known: language) }
        let likeness = TopicLikeness.matrix(Array(vectors.joined()), texts: texts)
        let count = gaps.count
        numbers = Agglomeration.groups(likeness, count: count, threshold: TopicLikeness.threshold)
        let words = TopicNaming.words(of: texts, groups: numbers, limit: Self.mostWords)
        self.words = words
        var members = [[Int]](repeating: [], count: words.count)
        for (question, group) in numbers.enumerated() { members[group].append(question) }
        typical = members.map { members in
            let means = members.map { one in
                members.reduce(Float(0)) { $0 + (one == $1 ? 0 : likeness[one * count + $1]) }
            }
            return zip(members, means).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
        }
        var students: [String: Set<Int>] = [:]
        for (gap, text) in zip(gaps, texts) {
            // One more than is needed: the reader may be among them.
            for term in text.terms.keys where !gap.isStaffs && students[term]?.count ?? 0 <= Topic.fewestStudents {
                students[term, default: []].insert(gap.student)
            }
        }
        self.students = students
        var seen = Set(students.filter { $0.value.count > Topic.fewestStudents }.keys)
        let largest = words.indices.sorted { (members[$1].count, $0) < (members[$0].count, $1) }
        rareWords = largest.flatMap { words[$0] }.filter { seen.insert($0.term).inserted }
    }

    /// - Parameter ids: of the groups.
    func groups(_ gaps: [Gap], ids: [String]) -> [TopicGroup] {
        ids.indices.map { group in
            TopicGroup(id: ids[group], gaps: typical[group].map { gaps[$0] }, words: words[group])
        }
    }
}

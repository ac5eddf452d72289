import Glibc
import Retrieval
import Support

/// The questions of an evaluation, read from one file or several.
package struct QuestionSet: Sendable {
    /// The most questions that are held in memory.
    package static let limit = 200_000
    private static let batch = 1_000

    package private(set) var questions: [EvaluationQuestion] = []
    private var seen: Set<String> = []

    package init() {}

    /// Adds the questions of a file.
    /// - Parameter isOutside: whether they are another course's, so that this one has no answer to them.
    /// - Throws: `EvaluationError`.
    package mutating func add(file: String, isOutside: Bool = false) async throws {
        let lines = try await Self.lines(of: file, as: QuestionLine.self)
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        // Only queries in BEIR form have their judgements beside them.
        let isBEIR =
            lines.first.map { $0.value.text != nil && $0.value.question == nil && $0.value.doc == nil } ?? false
        let judged = isBEIR && !isOutside ? try await JudgedSet(queries: file, judgements: folder + "qrels.tsv") : nil
        let answers = isBEIR && !isOutside ? try await Self.answers(in: folder + "answers.jsonl", of: file) : [:]
        var count = 0
        for (number, line) in lines {
            guard var question = line.made() else {
                throw EvaluationError.badLine(
                    file: file, line: number, reason: "it has neither \"id\" and \"question\" nor \"_id\" and \"text\"")
            }
            if let judged {
                guard let relevance = judged.relevance[question.id] else { continue }
                question.documents = Set(relevance.keys)
                question.answers = answers[question.id] ?? []
            }
            if isOutside {
                question.isAnswerable = false
                question.documents = []
                question.answers = []
            }
            guard !question.text.allSatisfy(\.isWhitespace) else {
                throw EvaluationError.badLine(file: file, line: number, reason: "its question is empty")
            }
            guard seen.insert(question.id).inserted else {
                throw EvaluationError.badLine(
                    file: file, line: number, reason: "a question of the same id (\(question.id)) came before")
            }
            guard questions.count < Self.limit else {
                throw EvaluationError.tooLarge(file: file, limit: "\(Self.limit) questions")
            }
            questions.append(question)
            count += 1
        }
        guard count > 0 else { throw EvaluationError.noQuestion(file: file) }
    }

    /// Adds the questions of another set, read from `file`.
    /// - Throws: `EvaluationError` when a question has the id of one that is there.
    package mutating func add(_ other: QuestionSet, of file: String) throws {
        for question in other.questions {
            guard seen.insert(question.id).inserted else {
                throw EvaluationError.sameQuestion(file: file, id: question.id)
            }
        }
        guard questions.count + other.questions.count <= Self.limit else {
            throw EvaluationError.tooLarge(file: file, limit: "\(Self.limit) questions")
        }
        questions += other.questions
    }

    /// Keeps `count` of the questions, drawn by a hash of seed and id, so that a larger sample holds the smaller one and
    /// two sets are drawn alike on every machine. Their order stays.
    package mutating func sample(_ count: Int, seed: UInt64) {
        guard count < questions.count else { return }
        let drawn = questions.map { ($0.id, SHA256.hex("\(seed) \($0.id)".utf8)) }.sorted { $0.1 < $1.1 }.prefix(count)
        let kept = Set(drawn.map(\.0))
        questions.removeAll { !kept.contains($0.id) }
    }

    /// Keeps those whose documents' articles have an even or odd hash, as the sets are split for fitting and testing
    /// (Benchmarks/retrieval/measure.py): the last byte of the SHA-256 of what stands before `#` in the passage's name.
    package mutating func keepHalf(even: Bool) {
        questions.removeAll { question in
            guard let document = question.documents.min() ?? question.lure else { return true }
            let article = document.prefix { $0 != "#" }
            let last = SHA256.hex(article.utf8).utf8.last ?? 0
            // A hexadecimal digit: 0 to 9 are even like their codes, a to f odd where their codes are even.
            let isEven = last < 0x60 ? last % 2 == 0 : last % 2 == 1
            return isEven != even
        }
    }

    package mutating func keepFirst(_ count: Int) { questions = Array(questions.prefix(count)) }

    private static func answers(in file: String, of queries: String) async throws -> [String: [String]] {
        guard access(file, F_OK) == 0 else { return [:] }
        let isPortuguese = queries.hasSuffix("_pt.jsonl")
        let lines = try await lines(of: file, as: AnswerLine.self)
        return Dictionary(lines.map { ($0.value._id, $0.value.answers(portuguese: isPortuguese)) }) { $1 }
    }

    private static func lines<Value: Decodable & Sendable>(
        of file: String, as type: Value.Type
    ) async throws -> [(number: Int, value: Value)] {
        var values: [(number: Int, value: Value)] = []
        let reader = try LineReader(file: file)
        while case let lines = try await reader.next(batch), !lines.isEmpty {
            for line in lines { values.append((line.number, try JudgedSet.decode(Value.self, line, of: file))) }
            guard values.count <= 2 * limit else {
                throw EvaluationError.tooLarge(file: file, limit: "\(2 * limit) lines")
            }
        }
        return values
    }
}

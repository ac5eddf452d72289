import ChatAdapters
import ChatService
import Support

/// `gepeto unanswered`: what students asked and the course does not hold.
enum UnansweredCommand {
    static let verb = Verb(
        "unanswered", "questions that a course does not answer and were refused, the last first",
        operands: "--course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course"),
            Option("--limit", short: "-n", value: "N", "at most that many (default 50)"),
            Option("--json", "one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Each with the time it was asked, the score of its evidence and the sections the student was pointed to; never with
            a name. Works while 'gepeto serve' runs and while it does not. Questions of 'gepeto ask' are kept nowhere, nor
            those whose conversation was deleted. A question that the course does answer: GEPETO_EVIDENCE_THRESHOLD is too
            high, or the document says it in other words.
            """, run: run)

    private struct Output: Encodable {
        struct Item: Encodable {
            let question: String
            let askedAt: Int64
            let evidence: Double?
            let sections: [String]
        }

        let course: CourseID
        let unanswered: [Item]
    }

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("it takes options only.") }
        let limit = try arguments.integer("--limit", in: 1...10_000, default: 50)
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "unanswered", instead: "ask the API: GET /api/courses/{course}/insights.")
        let course = try CourseFolder.courseID(arguments, configuration)
        let record = SQLiteUnanswered(path: try configuration.chatStore())
        let questions = try await record.unanswered(in: course, limit: limit)
        if arguments.has("--json") {
            let items = questions.map {
                Output.Item(
                    question: $0.text, askedAt: $0.askedAt.seconds, evidence: $0.evidence, sections: $0.sections)
            }
            context.console.print(try JSONText.line(Output(course: course, unanswered: items)))
            return 0
        }
        guard !questions.isEmpty else {
            context.console.print("No question of '\(course)' was refused.")
            return 0
        }
        for question in questions { show(question, context.console) }
        return 0
    }

    private static func show(_ question: UnansweredQuestion, _ console: Console) {
        let text = question.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable
        let score = question.evidence.map { "  (evidence \(($0 * 1000).rounded() / 1000))" } ?? ""
        console.print("\(question.askedAt.spoken)  \(text)\(score)")
        for section in question.sections { console.print("    \(section.printable)") }
    }
}

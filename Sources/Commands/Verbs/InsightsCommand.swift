import ChatAdapters
import ChatService
import Support

/// `gepeto insights`: how a course's questions fared, and what the material lacks.
enum InsightsCommand {
    static let verb = Verb(
        "insights", "how a course's questions fared, and topics that the material lacks", operands: "--course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course"),
            Option("--days", value: "N", "the last N days, 1 to 366 (default 30)"),
            Option("--json", "one JSON object, as GET /api/courses/C/insights"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Works while 'gepeto serve' runs and while it does not. Days are those of UTC. Never a name: questions are shown where
            at least two students asked about a topic, with addresses and long numbers taken out.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("it takes options only.") }
        let days = try arguments.integer("--days", in: 1...InsightReport.mostDays, default: 30)
        let source = try await InsightSource(arguments, context)
        let now = SystemTime().now
        var report = try await InsightReport.make(
            of: source.course, span: now.day - days + 1...now.day, reader: .local, insights: source.insights,
            board: source.board, at: now)
        try await report.keepAnswers(where: source.isThere)
        if arguments.has("--json") {
            context.console.print(try JSONText.line(InsightReportView(report)))
        } else {
            show(report, context.console)
        }
        return 0
    }

    private static func show(_ report: InsightReport, _ console: Console) {
        let total = report.total
        guard total.questions > 0 else {
            return console.print("No question of '\(report.course)' has ended in these days.")
        }
        var table = Table([
            ("day", .left), ("questions", .right), ("answered", .right), ("refused", .right), ("failed", .right),
            ("median s", .right), ("US$", .right), ("good", .right), ("bad", .right),
        ])
        for day in report.days { table.add(row(day.day.date, day)) }
        table.add(row("all", total))
        table.lines.forEach(console.print)
        if let rate = total.answerRate { console.print("\nAnswer rate \(rounded(100 * rate, 1)) %") }
        guard !report.topics.isEmpty else { return }
        console.print("\nWhat the material lacks:")
        for topic in report.topics {
            let name = topic.name.isEmpty ? "a question" : topic.name.printable
            let answer = topic.answer.map { ", answered by \($0.name.printable)" } ?? ""
            console.print("\(topic.questions) × \(name)\(answer)")
            for example in topic.examples { console.print("    \(example.printable)") }
            for comment in topic.comments { console.print("    said of an answer: \(comment.printable)") }
        }
    }

    private static func row(_ name: String, _ day: DayFigures) -> [String] {
        [
            name, "\(day.questions)", "\(day.answered)", "\(day.refused)", "\(day.failed)",
            day.times.seconds(at: 0.5).map { rounded($0, 10) } ?? "–", rounded(day.costUSD, 100), "\(day.up)",
            "\(day.down)",
        ]
    }

    private static func rounded(_ value: Double, _ scale: Double) -> String {
        scale == 1 ? "\(Int(value.rounded()))" : "\((value * scale).rounded() / scale)"
    }
}

/// `gepeto digest`: a week of a course as Markdown.
enum DigestCommand {
    static let verb = Verb(
        "digest", "a week of a course as Markdown, for its staff", operands: "--course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course"),
            Option("--week", value: "WEEK", "an ISO week such as 2026-W47 (default the last that is over)"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            In the language of the course's documents, Portuguese or English. For a mail each Monday: gepeto digest --course C | mail
            -s digest staff@example.org
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("it takes options only.") }
        let now = SystemTime().now
        var week = ISOWeek(of: now.day).before
        if let text = arguments["--week"] {
            guard let named = ISOWeek(text) else { throw UsageError("--week must be an ISO week such as 2026-W47.") }
            week = named
        }
        let source = try await InsightSource(arguments, context)
        var digest = try await Digest.make(
            of: source.course, title: source.course.name, week: week, reader: .local, insights: source.insights,
            board: source.board, language: source.board.language(of: source.course), at: now)
        try await digest.report.keepAnswers(where: source.isThere)
        context.console.print(digest.markdown)
        return 0
    }
}

/// What both read from: the store and the course, beside a server or without one.
private struct InsightSource {
    let course: CourseID
    let insights: SQLiteInsights
    let board: TopicBoard
    private let library: CourseFolder

    init(_ arguments: Arguments, _ context: Context) async throws {
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "insights", instead: "ask the API: GET /api/courses/{course}/insights.")
        course = try CourseFolder.courseID(arguments, configuration)
        insights = SQLiteInsights(path: try configuration.chatStore())
        let embedder = try Wiring.embedder(configuration)
        library = CourseFolder(data: configuration.data, embedder: embedder)
        guard try await library.file(for: course) != nil else { throw library.unknown(course) }
        board = Wiring.topics(insights: insights, library: library, embedder: embedder)
    }

    func isThere(_ answer: TopicAnswer) async throws -> Bool {
        try await library.document(answer.documentID, of: course) != nil
    }
}

import ChatService
import Glibc
import Retrieval
import Support

/// `gepeto search`: ranked passages, no language model.
enum SearchCommand {
    static let verb = Verb(
        "search", "ranked passages of a course, no language model", operands: "QUERY --course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course to search"),
            Option("--limit", short: "-k", value: "N", "how many passages, 1 to 100 (default 8)"),
            Option("--mode", value: "MODE", "hybrid (default), vector or lexical"),
            Option(
                "--history", value: "FILE", "the conversation before: JSON, [{\"role\", \"content\"}], oldest first"),
            Option("--json", "one JSON object instead of text"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            With --json, '-' as QUERY reads queries from standard input, a line each, and prints an object for each. "evidence"
            says how likely the passages are to hold an answer ("score", 0 to 1), and below which "threshold" a question is
            refused; GEPETO_EVIDENCE_THRESHOLD sets another one.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        let query = arguments.operands.joined(separator: " ")
        guard !query.allSatisfy(\.isWhitespace) else { throw UsageError("what shall be searched for?") }
        let limit = try arguments.integer("--limit", in: 1...100, default: 8)
        let mode = try arguments.choice("--mode", default: SearchMode.hybrid)
        let history = try arguments["--history"].map(ConversationFile.turns) ?? []
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "search", instead: "ask the API, or unset the setting to search a folder here.")
        let course = try CourseFolder.courseID(arguments, configuration)
        let embedder = try Wiring.embedder(configuration)
        let library = CourseFolder(
            data: configuration.data, embedder: embedder,
            calibration: try Wiring.calibration(configuration, embedder))
        guard let file = try await library.file(for: course) else { throw library.unknown(course) }
        let retriever = library.retriever(of: file)
        /// As a student's question is searched.
        func find(_ query: String) async throws -> RetrievalResult {
            try await retriever.search(
                StandaloneQuery.make(question: query, history: history), limit: limit, mode: mode)
        }
        if arguments.has("--json") {
            try await forEachQuery(query) { query in
                let result = try await find(query)
                context.console.print(try JSONText.line(SearchOutput(course: course, query: query, result: result)))
            }
            return 0
        }
        let result = try await find(query)
        if result.passages.isEmpty {
            context.console.print("Nothing in '\(course)' matches.")
        } else {
            for (index, passage) in result.passages.enumerated() { show(passage, index + 1, context.console) }
        }
        return 0
    }

    /// The query itself, or those on standard input.
    private static func forEachQuery(_ query: String, _ body: (String) async throws -> Void) async throws {
        guard query == "-" else { return try await body(query) }
        let input = LineInput(descriptor: STDIN_FILENO)
        while case let lines = try await input.next(1), !lines.isEmpty {
            for line in lines { try await body(line) }
        }
    }

    private static func show(_ passage: Passage, _ rank: Int, _ console: Console) {
        let score = (passage.score * 1000).rounded() / 1000
        console.print("\(rank). \(passage.documentTitle)\(place(passage))  (\(score))")
        let text = passage.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        console.print("   " + (text.count > 300 ? text.prefix(297) + "…" : text) + "\n")
    }

    private static func place(_ passage: Passage) -> String {
        var place = passage.headings.isEmpty ? "" : " › " + passage.headings.joined(separator: " › ")
        if let pages = passage.pages {
            let (one, many) = passage.pageUnit == .slide ? ("slide", "slides") : ("p.", "pp.")
            place +=
                pages.count == 1 ? ", \(one) \(pages.lowerBound)" : ", \(many) \(pages.lowerBound)-\(pages.upperBound)"
        }
        if let within = passage.place { place += ", \(within)" }
        return passage.recognised ? place + " (recognised text)" : place
    }
}

/// The JSON of `gepeto search --json`.
struct SearchOutput: Encodable {
    struct Item: Encodable {
        let documentId: String
        let title: String
        let path: String
        let section: [String]
        let pageFirst: Int?
        let pageLast: Int?
        let pageUnit: PageUnit?
        let place: String?
        let recognised: Bool
        let score: Double
        let similarity: Double?
        let parts: ScoreParts?
        let text: String
    }

    let course: CourseID
    let query: String
    let passages: [Item]
    let evidence: Evidence

    init(course: CourseID, query: String, result: RetrievalResult) {
        self.course = course
        self.query = query
        evidence = result.evidence
        passages = result.passages.map { passage in
            Item(
                documentId: passage.documentID, title: passage.documentTitle, path: passage.documentPath,
                section: passage.section, pageFirst: passage.pages?.lowerBound, pageLast: passage.pages?.upperBound,
                pageUnit: passage.pages.map { _ in passage.pageUnit }, place: passage.place,
                recognised: passage.recognised,
                score: passage.score, similarity: passage.similarity, parts: passage.parts, text: passage.text)
        }
    }
}

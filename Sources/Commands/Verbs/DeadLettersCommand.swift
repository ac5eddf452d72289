import ChatAdapters
import ChatService
import Support

/// `gepeto dead-letters`: the questions that failed for good, and what to do with them.
enum DeadLettersCommand {
    private enum Errand: String, CaseIterable { case list, show, redrive, purge }

    static let verb = Verb(
        "dead-letters", "questions that failed for good: list, show, redrive (ask them again), purge",
        operands: "list | show ID | redrive ID… | purge ID…",
        options: [
            Option("--text", "show: also what the student wrote"),
            Option("--limit", value: "N", "list: at most that many, the last ones first (default 50)"),
            Option("--all", "redrive, purge: all of them"),
            Option("--older-than", value: "DAYS", "purge: only those that died that long ago"),
            Option("--json", "the result as one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Works while 'gepeto serve' runs and while it does not. A redriven question has all its tries and
            GEPETO_JOB_DEADLINE anew: the running server finds it at once; if none runs, start it within that time. The
            answer goes to the student, into the same conversation. Dead letters are kept for a week. Where questions wait in
            SQS, 'redrive --all' also moves back what its dead-letter queues hold.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard let word = arguments.operands.first else {
            throw UsageError("what shall be done? Say list, show, redrive or purge.")
        }
        guard let errand = Errand(rawValue: word) else {
            let hint = Arguments.suggestion(
                for: word, among: Errand.allCases.map(\.rawValue), else: "There are list, show, redrive and purge.")
            throw UsageError("there is no 'dead-letters \(word)'. \(hint)")
        }
        try check(arguments, fit: errand)
        _ = try arguments.integer("--limit", in: 1...10_000, default: 50)
        let configuration = try await Settings.loaded(arguments, context)
        let store = try await LetterStore.open(configuration)
        let outcome = await Task { try await perform(errand, store, arguments, configuration, context) }.result
        await store.close()
        return try outcome.get()
    }

    private static func perform(
        _ errand: Errand, _ store: LetterStore, _ arguments: Arguments, _ configuration: Configuration,
        _ context: Context
    ) async throws -> Int32 {
        let letters = store.letters
        let limit = try arguments.integer("--limit", in: 1...10_000, default: 50)
        let ids = Array(arguments.operands.dropFirst())
        let report = DeadLetterReport(console: context.console, isJSON: arguments.has("--json"))
        switch errand {
        case .list:
            try report.list(try await list(letters, upTo: limit))
            return 0
        case .show:
            guard let letter = try await letters.deadLetter(ids[0]) else { throw DeadLetterError.unknown }
            try report.show(letter, withText: arguments.has("--text"))
            return 0
        case .redrive:
            let outcome = try await Redrive(letters: letters, hasCourse: store.hasCourse)
                .run(arguments.has("--all") ? nil : ids)
            if arguments.has("--all") { try await store.moveMessages() }
            try report.redriven(outcome, within: configuration.jobLimits.deadline)
            return outcome.failures.isEmpty ? 0 : 1
        case .purge:
            let age = try arguments.integer("--older-than", in: 0...3_650, default: 0)
            let before = SystemTime().now + .seconds(-age * 24 * 3600)
            let count = try await letters.purge(
                ids.isEmpty ? nil : Array(Set(ids)), diedBefore: arguments["--older-than"] == nil ? nil : before)
            try report.purged(count)
            guard count < Set(ids).count, arguments["--older-than"] == nil else { return 0 }
            context.console.note(
                "gepeto dead-letters: \(Set(ids).count - count) of the ids are no dead letters; list those there are.")
            return 1
        }
    }

    /// - Throws: `UsageError` for operands and options that do not belong to the errand.
    private static func check(_ arguments: Arguments, fit errand: Errand) throws {
        let ids = arguments.operands.count - 1
        let isAboutAll = arguments.has("--all") || (errand == .purge && arguments["--older-than"] != nil)
        switch errand {
        case .list:
            if ids > 0 { throw UsageError("'list' takes options only; 'show ID' shows one.") }
        case .show:
            if ids != 1 { throw UsageError("which one? Say show ID; 'list' lists the ids.") }
        case .redrive, .purge:
            if ids == 0 && !isAboutAll { throw UsageError("which ones? Say \(errand.rawValue) ID… or --all.") }
            if ids > 0 && arguments.has("--all") { throw UsageError("--all and ids contradict each other.") }
        }
        let fitting: [(String, [Errand])] = [
            ("--text", [.show]), ("--limit", [.list]), ("--all", [.redrive, .purge]), ("--older-than", [.purge]),
        ]
        for (option, errands) in fitting where !errands.contains(errand) {
            if arguments.has(option) || arguments[option] != nil {
                throw UsageError("\(option) does not belong to '\(errand.rawValue)'.")
            }
        }
    }

    private static func list(_ letters: any DeadLetters, upTo limit: Int) async throws -> Page<DeadLetter> {
        var (items, next): ([DeadLetter], PageCursor?) = ([], nil)
        repeat {
            let page = try await letters.deadLetters(after: next, limit: min(500, limit - items.count))
            items += page.items
            next = page.next
        } while next != nil && items.count < limit
        return Page(items: items, next: next)
    }
}

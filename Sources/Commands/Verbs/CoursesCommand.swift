import ChatAdapters
import ChatService
import Support

/// `gepeto courses`: which there are, and who is their staff.
enum CoursesCommand {
    private enum Errand: String, CaseIterable { case add, list, remove }

    static let verb = Verb(
        "courses", "courses and their staff: add, list, remove",
        operands: "add COURSE | list | remove COURSE",
        options: [
            Option("--staff", value: "USERS", "add: who is staff of it, names separated by commas"),
            Option("--yes", "remove: for good, with all its documents, members, rules and insights"),
            Option("--json", "the result as one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Works while 'gepeto serve' runs and while it does not. 'add' of a course that is there makes USERS its staff: what
            'gepeto ingest' makes has no members yet. A running server sees a change of members within 10 seconds.
            """, run: run)

    private struct Listed: Encodable {
        let course: CourseID
        let members: Int
        let staff: [UserID]
    }

    /// Members of a course that are looked at for the list.
    private static let mostListed = Membership.mostMembers

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        let errand = try arguments.errand(Errand.self, of: "courses")
        guard arguments.operands.count == (errand == .list ? 1 : 2) else {
            throw UsageError("say: courses add COURSE | list | remove COURSE")
        }
        if arguments["--staff"] != nil, errand != .add { throw UsageError("--staff belongs to 'add'.") }
        if arguments.has("--yes"), errand != .remove { throw UsageError("--yes belongs to 'remove'.") }
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "courses", instead: "make and remove courses by the API or the page, as an administrator.")
        let directory = try SQLiteDirectory(path: configuration.directoryPath)
        let outcome: Result<Void, any Error>
        do {
            switch errand {
            case .list: try await list(configuration, directory, arguments, context.console)
            case .add:
                try await add(try CourseID(arguments.operands[1]), configuration, directory, arguments, context.console)
            case .remove:
                let course = try CourseID(arguments.operands[1])
                guard arguments.has("--yes") else {
                    throw UsageError("this deletes '\(course)' with all its documents for good; say --yes.")
                }
                try await remove(course, configuration, directory, arguments, context.console)
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await directory.close()
        try outcome.get()
        return 0
    }

    private static func add(
        _ course: CourseID, _ configuration: Configuration, _ directory: SQLiteDirectory, _ arguments: Arguments,
        _ console: Console
    ) async throws {
        let staff = try (arguments["--staff"] ?? "").split(separator: ",").map { text in
            guard let user = Account.userID(String(text)) else { throw AccountError.badName }
            return user
        }
        var isNew = false
        if !CourseFolder.names(in: CourseFolder.folder(in: configuration.data)).contains(course) {
            let folder = CourseFolder(data: configuration.data, embedder: try Wiring.embedder(configuration))
            isNew = try await folder.makeCourse(course)
        }
        _ = try await directory.enrol(staff.map { Enrolment(user: $0, role: .staff) }, in: course)
        let trail = staff.map { (action: "staff.appointed", subject: $0.name) }
        for each in (isNew ? [(action: "course.made", subject: course.name)] : []) + trail {
            try await directory.record(
                AuditEntry(
                    at: directory.now, actor: .commandLine, action: each.action, course: course,
                    subject: each.subject))
        }
        if arguments.has("--json") {
            console.print(try JSONText.line(Listed(course: course, members: staff.count, staff: staff)))
        } else {
            let names = staff.map(\.name).joined(separator: ", ")
            console.print("\(course)\(isNew ? " made" : "")\(names.isEmpty ? "" : "; staff: \(names)")")
        }
        for user in staff where try await directory.account(user) == nil {
            console.note("gepeto courses: '\(user)' has no account here; a token for that name opens the course.")
        }
    }

    private static func list(
        _ configuration: Configuration, _ directory: SQLiteDirectory, _ arguments: Arguments, _ console: Console
    ) async throws {
        var listed: [Listed] = []
        for course in CourseFolder.names(in: CourseFolder.folder(in: configuration.data)) {
            let members = try await directory.members(of: course, after: nil, limit: mostListed).items
            listed.append(
                Listed(course: course, members: members.count, staff: members.filter { $0.role == .staff }.map(\.user)))
        }
        if arguments.has("--json") { return console.print(try JSONText.line(["courses": listed])) }
        guard !listed.isEmpty else { return console.print("There are no courses; 'gepeto courses add ID' makes one.") }
        var table = Table([("course", .left), ("members", .right), ("staff", .left)])
        for each in listed {
            table.add([each.course.name, "\(each.members)", each.staff.map(\.name).joined(separator: " ")])
        }
        for line in table.lines { console.print(line) }
    }

    /// The file first: a course without members is found again, members without a course are not missed by anybody.
    private static func remove(
        _ course: CourseID, _ configuration: Configuration, _ directory: SQLiteDirectory, _ arguments: Arguments,
        _ console: Console
    ) async throws {
        guard CourseFolder.removeFile(of: course, in: configuration.data) else {
            throw CommandFailure(
                "unknown_course", "there is no course '\(course)' in \(configuration.data); 'courses list' lists them.")
        }
        try await directory.removeAll(from: course)
        try await directory.revokeAll(for: course)
        try await directory.removePolicy(of: course)
        // Without a store nothing was ever asked.
        if let store = try? configuration.chatStore() {
            try await SQLiteCourseTraces(path: store, limits: configuration.jobLimits).forget(course)
        }
        try await directory.record(
            AuditEntry(
                at: directory.now, actor: .commandLine, action: "course.deleted", course: course, subject: course.name))
        console.print(arguments.has("--json") ? try JSONText.line(["removed": course.name]) : "removed \(course)")
    }
}

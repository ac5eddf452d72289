import ChatAdapters
import ChatService
import Support

/// `gepeto users`: the accounts of this server.
enum UsersCommand {
    private enum Errand: String, CaseIterable { case add, list, password, remove }

    static let verb = Verb(
        "users", "accounts of this server: add, list, password (a new one, for once), remove",
        operands: "add USER… | list | password USER | remove USER…",
        options: [
            Option("--name", value: "TEXT", "add: for display"),
            Option("--standing", value: "S", "add: student (default), staff (may make courses) or admin"),
            Option("--limit", value: "N", "list: at most that many (default 1000)"),
            Option("--json", "the result as one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Works while 'gepeto serve' runs and while it does not. Passwords are made here, shown once, and must be changed at
            the first sign-in: none is ever on a command line. The first administrator: gepeto users add ana --standing admin.
            'remove' takes the account and its memberships; what the user asked is erased by DELETE /api/users/USER.
            """, run: run)

    private struct Opened: Encodable {
        let user: UserID
        let temporaryPassword: String
    }

    private struct Listed: Encodable {
        let user: UserID
        let name: String
        let standing: Standing
        let mustChangePassword: Bool
        let courses: [String: String]
    }

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        let errand = try arguments.errand(Errand.self, of: "users")
        let users = try arguments.operands.dropFirst().map { text in
            guard let user = Account.userID(text) else { throw AccountError.badName }
            return user
        }
        let fits = [
            Errand.add: users.count > 0, .list: users.isEmpty, .password: users.count == 1, .remove: users.count > 0,
        ]
        guard fits[errand] == true else {
            throw UsageError("say: users add USER… | list | password USER | remove USER…")
        }
        let standing = try arguments.choice("--standing", default: Standing.student)
        if arguments["--name"] != nil, users.count != 1 { throw UsageError("--name belongs to one USER.") }
        let configuration = try await Settings.loaded(arguments, context)
        let store = try await DirectoryStore.open(configuration, log: Log(level: configuration.logLevel))
        let outcome: Result<Int32, any Error>
        do {
            let work = Work(directory: store.people, console: context.console, isJSON: arguments.has("--json"))
            switch errand {
            case .add:
                outcome = .success(try await work.add(users, name: arguments["--name"], standing: standing))
            case .list:
                let limit = try arguments.integer("--limit", in: 1...Account.most, default: 1_000)
                outcome = .success(try await work.list(upTo: limit))
            case .password: outcome = .success(try await work.reset(users[0]))
            case .remove: outcome = .success(try await work.remove(users))
            }
        } catch {
            outcome = .failure(error)
        }
        await store.close()
        return try outcome.get()
    }

    private struct Work {
        let directory: any Stores.People
        let console: Console
        let isJSON: Bool

        func add(_ users: [UserID], name: String?, standing: Standing) async throws -> Int32 {
            let opened = try await AccountBook(accounts: directory).open(
                users.map { AccountBook.Newcomer(user: $0, name: name, standing: standing) })
            for (user, _) in opened { try await note("user.added", user, ["standing": standing.rawValue]) }
            try show(opened)
            let taken = Set(users).subtracting(opened.map(\.user))
            for user in taken.map(\.name).sorted() {
                console.note("gepeto users: there is an account '\(user)' already; nothing of it was changed.")
            }
            return taken.isEmpty ? 0 : 1
        }

        func reset(_ user: UserID) async throws -> Int32 {
            let password = try await AccountBook(accounts: directory).reset(user)
            try await note("password.reset", user)
            try show([(user, password)])
            return 0
        }

        func remove(_ users: [UserID]) async throws -> Int32 {
            var unknown = 0
            for user in Set(users).sorted(by: { $0.name < $1.name }) {
                guard try await directory.remove(account: user) else {
                    console.note("gepeto users: there is no account '\(user)'; 'users list' lists those there are.")
                    unknown += 1
                    continue
                }
                try await directory.removeAll(of: user)
                try await note("user.removed", user)
                if !isJSON { console.print("removed \(user)") }
            }
            if isJSON { console.print(try JSONText.line(["removed": Set(users).count - unknown])) }
            return unknown == 0 ? 0 : 1
        }

        func list(upTo limit: Int) async throws -> Int32 {
            let page = try await directory.accounts(after: nil, limit: limit)
            var listed: [Listed] = []
            for account in page.items {
                let courses = try await directory.courses(of: account.user)
                listed.append(
                    Listed(
                        user: account.user, name: account.name, standing: account.standing,
                        mustChangePassword: account.mustChange,
                        courses: Dictionary(uniqueKeysWithValues: courses.map { ($0.key.name, $0.value.rawValue) })))
            }
            if isJSON {
                console.print(try JSONText.line(["users": listed]))
                return 0
            }
            guard !listed.isEmpty else {
                console.print("There are no accounts; 'gepeto users add NAME --standing admin' makes the first.")
                return 0
            }
            var table = Table([("user", .left), ("standing", .left), ("name", .left), ("courses", .left)])
            for each in listed {
                let courses = each.courses.sorted { $0.key < $1.key }.map {
                    $0.value == "staff" ? "\($0.key)*" : $0.key
                }
                table.add([each.user.name, each.standing.rawValue, each.name.printable, courses.joined(separator: " ")])
            }
            for line in table.lines { console.print(line) }
            console.print("* staff there\(page.next == nil ? "" : "; there are more: --limit")")
            return 0
        }

        private func show(_ opened: [(user: UserID, password: String)]) throws {
            guard !isJSON else {
                return console.print(
                    try JSONText.line([
                        "accounts": opened.map { Opened(user: $0.user, temporaryPassword: $0.password) }
                    ]))
            }
            for (user, password) in opened { console.print("\(user)  \(password)") }
        }

        private func note(_ action: String, _ user: UserID, _ details: [String: String] = [:]) async throws {
            try await directory.record(
                AuditEntry(
                    at: SystemTime().now, actor: .commandLine, action: action, course: nil, subject: user.name,
                    details: details))
        }
    }
}

extension UserID {
    /// Who works at the command line, in the trail; no account can have the name.
    static let commandLine = UserID("(command line)")
}

extension Arguments {
    /// The first operand as one of the things a verb does.
    func errand<Errand: RawRepresentable & CaseIterable>(_ kind: Errand.Type, of verb: String) throws -> Errand
    where Errand.RawValue == String {
        let names = Errand.allCases.map(\.rawValue)
        guard let word = operands.first else {
            throw UsageError("what shall be done? Say \(names.joined(separator: ", ")).")
        }
        guard let errand = Errand(rawValue: word) else {
            let hint = Self.suggestion(for: word, among: names, else: "There are \(names.joined(separator: ", ")).")
            throw UsageError("there is no '\(verb) \(word)'. \(hint)")
        }
        return errand
    }
}

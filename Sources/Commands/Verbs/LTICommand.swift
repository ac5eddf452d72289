import ChatAdapters
import ChatService
import FoundationEssentials
import Support

/// `gepeto lti`: the learning platforms that may open this server inside their courses.
enum LTICommand {
    private enum Errand: String, CaseIterable { case add, list, show, remove, rotate }

    static let verb = Verb(
        "lti", "learning platforms (Moodle, Canvas …): add, list, show, remove; rotate (a new key of our own)",
        operands: "add | list | show ID | remove ID… | rotate",
        options: [
            Option("--client-id", value: "ID", "add: what the platform calls this tool"),
            Option("--deployment", value: "ID", "add: which of the tool's places in the platform"),
            Option("--moodle", value: "URL", "add: a Moodle at that address; issuer and addresses follow from it"),
            Option("--canvas", value: "URL", "add: the Canvas of that school, hosted by Instructure"),
            Option("--issuer", value: "URL", "add: any other platform: its issuer"),
            Option("--auth-url", value: "URL", "add: its authorization (login) endpoint"),
            Option("--keys-url", value: "URL", "add: its public key set (JWKS)"),
            Option("--keys", value: "FILE", "add: the key set itself, where this server cannot reach its address"),
            Option("--origins", value: "URL,…", "add: further addresses whose pages show this tool"),
            Option("--courses", value: "C,…", "add: courses its staff may connect theirs to"),
            Option("--name", value: "TEXT", "add: how to call it in lists"),
            Option("--json", "the result as JSON"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Works while 'gepeto serve' runs and while it does not. docs/lti.md says step by step what to do in Moodle and in
            Canvas. The server needs GEPETO_AUTH=jwt with GEPETO_JWT_SECRET, and GEPETO_PUBLIC_URL with https.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard let errand = arguments.operands.first.flatMap(Errand.init) else {
            let words = Errand.allCases.map(\.rawValue)
            throw UsageError(
                arguments.operands.first.map { word in
                    "there is no 'lti \(word)'. "
                        + Arguments.suggestion(
                            for: word, among: words, else: "There are \(words.joined(separator: ", ")).")
                } ?? "what shall be done? Say \(words.joined(separator: ", ")).")
        }
        let ids = Array(arguments.operands.dropFirst())
        try check(arguments, ids, fit: errand)
        let configuration = try await Settings.loaded(arguments, context)
        // Checked before the file is made.
        let draft = errand == .add ? try draft(arguments) : nil
        let store = try await DirectoryStore.open(configuration, log: Log(level: configuration.logLevel))
        let directory = store.people
        let report = LTIReport(
            console: context.console, isJSON: arguments.has("--json"),
            publicURL: configuration.text("GEPETO_PUBLIC_URL"))
        let outcome = await Task { try await perform(errand, ids, draft, directory, report) }.result
        await store.close()
        return try outcome.get()
    }

    private static func perform(
        _ errand: Errand, _ ids: [String], _ draft: RegistrationDraft?, _ directory: any Stores.People,
        _ report: LTIReport
    ) async throws -> Int32 {
        switch errand {
        case .add:
            let now = SystemTime().now
            guard let draft else { return 2 }
            let registration: PlatformRegistration
            do {
                registration = try draft.checked(id: RandomIdentifier.make(at: now), at: now)
            } catch let fault as RegistrationDraft.Fault {
                throw UsageError(fault.description)
            }
            try await directory.add(registration)
            try report.show(registration, added: true)
        case .list: try report.list(await directory.registrations())
        case .show:
            guard let registration = try await directory.registration(ids[0]) else { throw unknown(ids[0]) }
            try report.show(registration, added: false)
        case .remove:
            var missing: [String] = []
            for id in ids where try await !directory.removeRegistration(id) { missing.append(id) }
            if let first = missing.first { throw unknown(first) }
            try report.removed(ids.count)
        case .rotate: try report.rotated(await ToolKeyRotation.run(directory))
        }
        return 0
    }

    private static func unknown(_ id: String) -> CommandFailure {
        CommandFailure("no_registration", "there is no registration '\(id)'; 'gepeto lti list' lists those there are.")
    }

    private static func draft(_ arguments: Arguments) throws -> RegistrationDraft {
        var draft = RegistrationDraft()
        draft.name = arguments["--name"] ?? ""
        draft.clientID = arguments["--client-id"] ?? ""
        draft.deploymentID = arguments["--deployment"] ?? ""
        if let url = arguments["--moodle"] {
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            draft.issuer = base
            draft.authorizationURL = base + "/mod/lti/auth.php"
            draft.keysURL = base + "/mod/lti/certs.php"
        } else if let url = arguments["--canvas"] {
            draft.issuer = "https://canvas.instructure.com"
            draft.authorizationURL = "https://sso.canvaslms.com/api/lti/authorize_redirect"
            draft.keysURL = "https://sso.canvaslms.com/api/lti/security/jwks"
            draft.origins = [url]
        }
        draft.issuer = arguments["--issuer"] ?? draft.issuer
        draft.authorizationURL = arguments["--auth-url"] ?? draft.authorizationURL
        draft.keysURL = arguments["--keys-url"] ?? draft.keysURL
        if let path = arguments["--keys"] {
            draft.keysURL = arguments["--keys-url"]
            draft.keySet = try keySet(path)
        }
        draft.origins += list(arguments["--origins"])
        draft.courses = list(arguments["--courses"])
        return draft
    }

    private static func keySet(_ path: String) throws -> String {
        let content: Data
        do {
            content = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw CommandFailure("no_key_file", "'\(path)' cannot be read: give the file with the platform's key set.")
        }
        guard content.count <= JSONWebKeySet.largest else {
            throw CommandFailure(KeySetError.tooLarge.label, KeySetError.tooLarge.description)
        }
        return String(decoding: content, as: UTF8.self)
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty }
    }

    /// - Throws: `UsageError` for operands and options that do not belong to the errand.
    private static func check(_ arguments: Arguments, _ ids: [String], fit errand: Errand) throws {
        switch errand {
        case .add, .list, .rotate:
            if !ids.isEmpty { throw UsageError("'\(errand.rawValue)' takes options only.") }
        case .show: if ids.count != 1 { throw UsageError("which one? Say show ID; 'list' lists the ids.") }
        case .remove: if ids.isEmpty { throw UsageError("which ones? Say remove ID…") }
        }
        let ofAdd = arguments.values.keys.filter { $0 != "--data" }.sorted()
        if errand != .add, let first = ofAdd.first { throw UsageError("\(first) belongs to 'add'.") }
        guard errand == .add else { return }
        let platforms = ["--moodle", "--canvas", "--issuer"].filter { arguments[$0] != nil }
        if platforms.count != 1 {
            throw UsageError("which platform? Say one of --moodle URL, --canvas URL, --issuer URL.")
        }
        for name in ["--client-id", "--deployment"] where arguments[name] == nil {
            throw UsageError("\(name) is needed: the platform shows it once the tool is set up there (docs/lti.md).")
        }
    }
}

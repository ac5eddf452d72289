import ChatAdapters
import CourseStore
import Embedding
import Extraction
import Glibc
import HTTPClient
import Ingest
import Retrieval
import SQLite
import Support

/// `gepeto doctor`: checks the machine and says what to do.
enum DoctorCommand {
    static let verb = Verb(
        "doctor", "checks the machine: settings, model, libraries, tools, data; says what to do",
        options: [Option("--data", value: "DIR", "the data folder (default ./data)")], run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        var allWell = true
        func report(_ name: String, _ check: () async throws -> String) async {
            do {
                context.console.print("ok    \(name): \(try await check())")
            } catch {
                allWell = false
                context.console.print("FAIL  \(name): \(error.sentence)")
            }
        }
        let configuration: Configuration
        do {
            configuration = try await Settings.loaded(arguments, context)
        } catch {
            context.console.print("FAIL  settings: \(error.sentence)")
            return 1
        }
        await report("settings") {
            try configuration.checkAuthentication()
            return "providers in order: \(try configuration.providers().joined(separator: ", "))"
        }
        await report("SQLite") { try sqlite() }
        await report("libcurl") { HTTPClientLibrary.version }
        var embedder: SentenceEmbedder?
        await report("embedding model") {
            let loaded = try Wiring.embedder(configuration)
            embedder = loaded
            return try await embeddingCheck(loaded)
        }
        if let embedder { await report("evidence") { try evidence(configuration, embedder) } }
        await report("pdftotext") { try tool("pdftotext") }
        await report("pdfinfo") { try tool("pdfinfo") }
        await report("sandbox") { try await sandbox(context) }
        await report("data folder") { try dataFolder(configuration.data) }
        await report("privacy") { try privacy(configuration.data) }
        await report("page") {
            let page = WebPage(configuration)
            guard page.isThere else { throw CommandFailure("no_page", page.missing) }
            return page.folder
        }
        if access(configuration.directoryPath, F_OK) == 0 {
            await report("people") {
                try await SQLiteDirectory.checkFile(at: configuration.directoryPath)
                return "\(SQLiteDirectory.fileName) is whole"
            }
        }
        let chats = configuration.data + "/gepeto.sqlite"
        if access(chats, F_OK) == 0 {
            await report("conversations") {
                try await SQLiteChatStore.checkFile(at: chats)
                return "\(chats), sound\(await deadLetters(chats))"
            }
        }
        await cloud(configuration, report)
        let courses = CourseFolder.folder(in: configuration.data)
        for id in CourseFolder.names(in: courses) {
            await report("course \(id)") { try await course(id, "\(courses)/\(id).sqlite", embedder?.space) }
        }
        return allWell ? 0 : 1
    }

    /// What is kept elsewhere than in the data folder.
    private static func cloud(
        _ configuration: Configuration, _ report: (String, () async throws -> String) async -> Void
    ) async {
        do {
            for check in try CloudCheck.all(configuration) { await report(check.name, check.run) }
        } catch {
            await report("places") { throw error }
        }
    }

    private static func evidence(_ configuration: Configuration, _ embedder: SentenceEmbedder) throws -> String {
        let calibration = try Wiring.calibration(configuration, embedder)
        let threshold = configuration.grounding.threshold ?? calibration.threshold
        let foreign = configuration.grounding.threshold ?? calibration.foreignThreshold ?? threshold
        let refusal =
            "questions with a score below \(threshold) are refused, in another language than the material below \(foreign)"
        guard calibration.isMeasured else {
            return "not measured for this model, so judged by words alone; \(refusal). "
                + "Benchmarks/answers/fit_evidence.py makes an \(EvidenceCalibration.fileName) for its folder"
        }
        return "measured for \(calibration.model); \(refusal)"
    }

    /// Vectors of unit length, and a paraphrase nearer than another subject: what damaged or foreign weights do not give.
    private static func embeddingCheck(_ embedder: SentenceEmbedder) async throws -> String {
        let vectors = try await embedder.embed([
            "What is recursion?", "A function that calls itself is called recursive.",
            "The bakery raised the price of bread.",
        ])
        let dimension = embedder.space.dimension
        func cosine(_ left: Int, _ right: Int) -> Float {
            (0..<dimension).reduce(0) { $0 + vectors[left * dimension + $1] * vectors[right * dimension + $1] }
        }
        guard (0..<3).allSatisfy({ abs(cosine($0, $0) - 1) < 0.001 }) else {
            throw CommandFailure(
                "bad_vectors", "its vectors are not of unit length; fetch it again with scripts/setup.")
        }
        guard cosine(0, 1) > cosine(0, 2) + 0.1 else {
            throw CommandFailure(
                "senseless_vectors",
                "it does not tell a question's subject from another one; fetch it again with scripts/setup.")
        }
        return "\(embedder.space), texts of up to \(embedder.window) word pieces, computed with \(embedder.level)"
    }

    /// What waits for the staff's decision.
    private static func deadLetters(_ path: String) async -> String {
        let most = 1_000
        // A file of an older version has none that could be listed; that is no fault of it.
        guard let page = try? await SQLiteDeadLetters(path: path).deadLetters(after: nil, limit: most) else {
            return ""
        }
        let count = page.items.count { $0.redrivenAs == nil }
        let more = page.next == nil ? "" : " or more"
        return count == 0 ? "" : "; \(count)\(more) questions failed for good: 'gepeto dead-letters list'"
    }

    /// Looks through a course's file; makes nothing.
    private static func course(_ id: CourseID, _ path: String, _ space: EmbeddingSpace?) async throws -> String {
        // SQLite would make a course of it.
        guard FileStamp(database: path)?.isEmpty == false else {
            throw CommandFailure("empty_course", "\(path) is empty: delete it and ingest the documents again.")
        }
        try await CourseFile.checkFile(at: path)
        guard let space else { return "sound; the embedding model would tell what it holds" }
        let file = try CourseFile(path: path, course: id, space: space)
        do {
            let counts = try await file.counts()
            await file.close()
            return "\(counts.documents) documents, \(counts.chunks) chunks"
        } catch {
            await file.close()
            throw error
        }
    }

    private static func sqlite() throws -> String {
        guard SQLiteLibrary.hasFullText, SQLiteLibrary.isThreadSafe else {
            throw CommandFailure(
                "bad_sqlite",
                "\(SQLiteLibrary.version) was built without FTS5 or threads; install Debian's libsqlite3-0.")
        }
        return "\(SQLiteLibrary.version) with FTS5"
    }

    /// Starts an extractor that tries to break out, and says what held it.
    private static func sandbox(_ context: Context) async throws -> String {
        let report = try await ExtractionProcess(executable: context.executable).report()
        guard report.holds.hasFilter else {
            throw CommandFailure(
                "no_filter",
                "this system does not let a process refuse itself system calls (seccomp), so documents are read "
                    + "only with GEPETO_SANDBOX=best-effort, and then \(report.summary); allow seccomp in the container's "
                    + "profile, or use a kernel that has it.")
        }
        guard report.breaches.isEmpty else {
            throw CommandFailure(
                "leaky_sandbox",
                "a process that reads documents can \(report.breaches.joined(separator: ", ")); load documents that you "
                    + "trust only, and report this.")
        }
        return report.summary
    }

    private static func tool(_ name: String) throws -> String {
        for folder in PDFTools.standardFolders where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw CommandFailure(
            "no_\(name)",
            "not in \(PDFTools.standardFolders.joined(separator: ", ")), so PDF files cannot be read: "
                + "apt-get install poppler-utils")
    }

    private static func privacy(_ data: String) throws -> String {
        let open = DataPrivacy(data: data).open
        guard let first = open.first else { return "what is kept of people is for this user of the machine only" }
        let all = open.count == 1 ? first : "\(first) and \(open.count - 1) more"
        throw CommandFailure(
            "readable_data",
            "others on this machine may read \(all): 'gepeto serve' shuts them when it starts, or: chmod -R go= \(data)"
        )
    }

    private static func dataFolder(_ path: String) throws -> String {
        guard access(path, F_OK) == 0 else { return "\(path) does not exist yet; the first ingest makes it" }
        guard access(path, W_OK | X_OK) == 0 else {
            throw CommandFailure(
                "data_not_writable", "\(path) cannot be written to: change its owner or set GEPETO_DATA.")
        }
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return path }
        let free = (UInt64(information.f_bavail) * UInt64(information.f_frsize)) >> 20
        guard free >= 100 else {
            throw CommandFailure(
                "disk_nearly_full", "\(path) has \(free) MiB left; make room before loading documents.")
        }
        return "\(path), \(free) MiB free"
    }
}

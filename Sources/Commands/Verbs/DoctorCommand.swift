import Glibc
import HTTPClient
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
            configuration = try Configuration(arguments, context)
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
        await report("embedding model") { try await embeddingCheck(configuration) }
        await report("pdftotext") { try tool("pdftotext", context) }
        await report("pdfinfo") { try tool("pdfinfo", context) }
        await report("data folder") { try dataFolder(configuration.data) }
        await report("page") {
            let folder = configuration.text("GEPETO_WEB_DIR") ?? ""
            guard access(folder + "/index.html", R_OK) == 0 else {
                throw CommandFailure(
                    "no_page", "\(folder)/index.html cannot be read: start in gepeto's folder or set GEPETO_WEB_DIR.")
            }
            return folder
        }
        return allWell ? 0 : 1
    }

    private static func embeddingCheck(_ configuration: Configuration) async throws -> String {
        let embedder = try Wiring.embedder(configuration)
        let vectors = try await embedder.embed(["What is recursion?", "O que é recursão?", "The price of bread"])
        let dimension = embedder.space.dimension
        func cosine(_ left: Int, _ right: Int) -> Float {
            (0..<dimension).reduce(0) { $0 + vectors[left * dimension + $1] * vectors[right * dimension + $1] }
        }
        guard abs(cosine(0, 0) - 1) < 0.001 else {
            throw CommandFailure(
                "bad_vectors", "its vectors are not of unit length; fetch it again with scripts/setup.")
        }
        return "\(embedder.space), texts of up to \(embedder.window) word pieces"
    }

    private static func sqlite() throws -> String {
        guard SQLiteLibrary.hasFullText, SQLiteLibrary.isThreadSafe else {
            throw CommandFailure(
                "bad_sqlite",
                "\(SQLiteLibrary.version) was built without FTS5 or threads; install Debian's libsqlite3-0.")
        }
        return "\(SQLiteLibrary.version) with FTS5"
    }

    private static func tool(_ name: String, _ context: Context) throws -> String {
        for folder in (context.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
            let path = "\(folder)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw CommandFailure("no_\(name)", "not found, so PDF files cannot be read: apt-get install poppler-utils")
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

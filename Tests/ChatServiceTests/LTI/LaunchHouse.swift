import ChatAdapters
import Foundation
import Retrieval
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// The tool over a directory on disk, with a platform and browsers around it.
struct LaunchHouse {
    /// Those courses that have a file, whoever made them.
    private struct Library: CourseLibrary {
        let documents: ScriptedDocuments

        func ids() async throws -> [CourseID] { [] }
        func courses() async throws -> [CourseSummary] { [] }
        func exists(_ id: CourseID) async throws -> Bool { try await documents.documents(of: id) != nil }
        func course(_ id: CourseID) async throws -> CourseSummary? {
            try await exists(id) ? CourseSummary(id: id, title: id.name, documents: 0, chunks: 0) : nil
        }
        func retriever(for id: CourseID) async throws -> Retriever? { nil }
    }

    private struct NoSource: KeySetSource {
        func read(_ url: String) async throws -> [UInt8] { throw KeySetError.unreachable }
    }

    let house: ChatHouse
    let directory: SQLiteDirectory
    let documents: ScriptedDocuments
    let platform: PlatformSimulator
    let tool: LTITool

    init(courses: [String] = ["algoritmos"]) async throws {
        house = try ChatHouse()
        directory = try SQLiteDirectory(path: house.folder.file(SQLiteDirectory.fileName), time: house.time)
        documents = ScriptedDocuments(try ScriptedLibrary(courses))
        platform = try PlatformSimulator(time: house.time)
        let secret = "a-secret-of-at-least-thirty-two-bytes"
        let settings = LTISettings(
            registrations: directory, keys: KeySetCache(source: NoSource(), time: house.time),
            publicURL: "https://tutor.example/", secret: Array(secret.utf8),
            tokens: TokenIssuer(
                secrets: try SharedSecrets(signing: secret), issuer: "i", audience: "a", time: house.time),
            page: { "<!doctype html><html><head><title>t</title></head></html>" })
        tool = LTITool(
            settings: settings, memberships: directory, library: Library(documents: documents), documents: documents,
            directory: house.store, audit: directory, time: house.time, log: .silent)
        try await directory.add(platform.registration(courses: courses))
    }

    /// What the platform is asked for after somebody clicked, and what the browser keeps.
    struct Login {
        let asked: [String: String]
        let cookie: String
        let answer: HTTPResponse
    }

    static func form(_ fields: [(String, String)]) throws -> FormFields {
        let text = fields.map { "\(FormFields.encode($0))=\(FormFields.encode($1))" }.joined(separator: "&")
        return try FormFields(Array(text.utf8))
    }

    func login(_ more: [(String, String)] = []) async throws -> Login {
        let fields = [
            ("iss", PlatformSimulator.issuer), ("login_hint", "u 1"), ("client_id", PlatformSimulator.clientID),
            ("target_link_uri", "https://tutor.example/api/lti/launch"),
        ]
        let answer = try await tool.login(try Self.form(fields + more), .english)
        let cookie = String((answer.headers["set-cookie"] ?? "").prefix { $0 != ";" })
        var asked: [String: String] = [:]
        if let query = answer.headers["location"]?.split(separator: "?").last {
            for item in try FormFields(Array(query.utf8)).items { asked[item.name] = item.value }
        }
        return Login(asked: asked, cookie: cookie, answer: answer)
    }

    func launch(_ token: String, state: String, cookie: String?, more: [(String, String)] = []) async throws
        -> HTTPResponse
    {
        try await tool.launch(
            try Self.form([("id_token", token), ("state", state)] + more),
            cookies: Cookies(cookie.map { ["cookie": "other=1; \($0)"] } ?? [:]), .english)
    }

    /// Login and launch of a good token.
    func whole(_ claims: (String) -> [String: Any]) async throws -> HTTPResponse {
        let login = try await login()
        let token = try platform.sign(claims(login.asked["nonce"] ?? ""))
        return try await launch(token, state: login.asked["state"] ?? "", cookie: login.cookie)
    }

    func cause(_ body: () async throws -> HTTPResponse) async -> LaunchRefusal.Cause? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? LaunchRefusal)?.cause
        }
    }
}

extension HTTPResponse {
    /// The body of a page.
    var html: String {
        guard case .bytes(let bytes) = body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of a hidden field.
    func hidden(_ name: String) -> String? {
        html.range(of: "name=\"\(name)\" value=\"").map { String(html[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    /// What the page was given by a launch.
    var launched: [String: Any]? {
        guard let start = html.range(of: "id=\"gepeto-launch\">"),
            let end = html.range(of: "</script>", range: start.upperBound..<html.endIndex)
        else { return nil }
        let json = html[start.upperBound..<end.lowerBound]
        return try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    }
}

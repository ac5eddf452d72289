import Foundation
import Support
import TestSupport

@testable import WebServer

/// What the table's requests are sent to. `/see` shows what reached its handler.
enum ConformanceRouter {
    /// - Parameter folder: below it lie the served folder and what must not be reached from there.
    static func make(folder: URL) throws -> Router {
        var router = Router()
        for method in HTTPMethod.allCases where method != .head {
            for pattern in ["/see", "/see/{rest}"] {
                router.on(method, pattern) { request in
                    let body = try await request.body.collect(upTo: 1 << 20)
                    var text = "\(request.method.rawValue) \(request.rawTarget) host=\(request.headers["host"] ?? "-")"
                    if let rest = request.pathParameters["rest"] { text += " rest=\(rest)" }
                    if !body.isEmpty { text += " body=\(String(decoding: body, as: UTF8.self))" }
                    return .text(text)
                }
            }
        }
        router.on(.post, "/small", bodyLimit: 8) { request in
            HTTPResponse(status: 200, body: .bytes(try await request.body.collect(upTo: 8)))
        }
        router.on(.post, "/ignore", bodyLimit: 1 << 30) { _ in .text("ignored") }
        router.on(.get, "/empty") { _ in HTTPResponse(status: 204) }
        router.on(.get, "/stream") { _ in
            HTTPResponse(
                status: 200,
                body: .stream { stream in
                    for letter in ["a", "b", "c"] { try await stream.write(Array(letter.utf8)) }
                })
        }
        router.webSocket("/ws") { _ in .accept(subprotocol: nil) { for await _ in $0.messages {} } }
        let served = folder.appending(path: "served")
        try makeFiles(in: folder, served: served)
        router.files(at: "/files", folder: served.path())
        return router
    }

    private static func makeFiles(in folder: URL, served: URL) throws {
        let files = FileManager.default
        try files.createDirectory(at: served.appending(path: "sub"), withIntermediateDirectories: true)
        for (path, content) in [
            ("secret.txt", "secret"), ("served/page.html", "page"), ("served/index.html", "index"),
            ("served/a b.txt", "space"), ("served/.hidden", "hidden"), ("served/sub/deep.txt", "deep"),
        ] { try Data(content.utf8).write(to: folder.appending(path: path)) }
        try files.createSymbolicLink(
            at: served.appending(path: "out.txt"), withDestinationURL: folder.appending(path: "secret.txt"))
        try files.createSymbolicLink(at: served.appending(path: "outside"), withDestinationURL: folder)
        guard mkfifo(served.appending(path: "pipe").path(), 0o600) == 0 else { throw POSIXError(.EIO) }
    }
}

import FoundationEssentials
import Glibc
import Testing

@testable import WebServer

@Suite struct StaticFilesTests {
    /// A folder with a page, a large file, things that must not be served, and a secret beside it.
    private static func withSite<Result>(_ body: (Router, String) async throws -> Result) async throws -> Result {
        let base = FileManager.default.temporaryDirectory.appending(path: "gepeto-site-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: base) }
        let site = base.appending(path: "site")
        try FileManager.default.createDirectory(at: site.appending(path: "sub"), withIntermediateDirectories: true)
        try Data("<p>page".utf8).write(to: site.appending(path: "index.html"))
        try Data("below".utf8).write(to: site.appending(path: "sub/index.html"))
        try Data("a b".utf8).write(to: site.appending(path: "a b.js"))
        try Data([UInt8](repeating: 0x7A, count: 3_000_000)).write(to: site.appending(path: "large.bin"))
        try Data("hidden".utf8).write(to: site.appending(path: ".env"))
        try Data("secret".utf8).write(to: base.appending(path: "secret.txt"))
        symlink("../secret.txt", site.appending(path: "link.txt").path)
        symlink("..", site.appending(path: "up").path)
        mkfifo(site.appending(path: "pipe").path, 0o600)
        var router = Router()
        router.files(at: "/", folder: site.path)
        router.on(.get, "/api/file") { _ in
            HTTPResponse(
                status: 200, headers: ["content-type": "text/plain"], body: .file(path: base.path + "/secret.txt"))
        }
        router.on(.get, "/api/missing") { _ in HTTPResponse(status: 200, body: .file(path: base.path + "/missing")) }
        return try await body(router, base.path)
    }

    private static func ask(
        _ router: Router, _ path: String, _ headers: HTTPFields = [:], method: HTTPMethod = .get
    ) async throws -> HTTPResponse { await router.respond(to: try HTTPRequest(method, path, headers: headers)) }

    @Test func aFileUnderAnotherNameHasHeadersOfItsOwn() async throws {
        try await Self.withSite { _, base in
            var router = Router()
            router.files(
                at: "/", folder: base + "/site", headers: [(name: "x-frames", value: "none")],
                alsoAs: ["other.html": OtherName(file: "index.html", headers: [(name: "x-frames", value: "some")])])
            // Twice: the second answer comes out of memory.
            for _ in 0..<2 {
                for (path, frames) in [("/other.html", "some"), ("/index.html", "none"), ("/", "none")] {
                    let response = try await Self.ask(router, path)
                    #expect(response.status == 200 && response.headers["x-frames"] == frames, "\(path)")
                    #expect(response.headers["content-type"] == "text/html; charset=utf-8")
                }
            }
            #expect(try await Self.ask(router, "/sub/other.html").status == 404)
        }
    }

    @Test func servesFilesWithTheirTypeAndTag() async throws {
        try await Self.withSite { router, _ in
            for (path, type) in [
                ("/", "text/html; charset=utf-8"), ("/index.html", "text/html; charset=utf-8"),
                ("/sub/", "text/html; charset=utf-8"), ("/a%20b.js", "text/javascript; charset=utf-8"),
                ("/large.bin", "application/octet-stream"),
            ] {
                let response = try await Self.ask(router, path)
                #expect(response.status == 200)
                #expect(response.headers["content-type"] == type)
                #expect(response.headers["x-content-type-options"] == "nosniff")
                let tag = try #require(response.headers["etag"])
                let again = try await Self.ask(router, path, ["if-none-match": "\"x\", \(tag)"])
                #expect(again.status == 304)
                #expect(again.headers["etag"] == tag)
            }
        }
    }

    @Test(arguments: [
        "/missing", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/sub/../../secret.txt", "/link.txt",
        "/up/secret.txt", "/.env", "/sub", "/pipe", "//etc/passwd", "/%2fetc%2fpasswd", "/index.html/",
        "/sub//index.html",
        "/./index.html",
    ]) func nothingElseIsServed(_ path: String) async throws {
        try await Self.withSite { router, _ in
            let response = try await Self.ask(router, path)
            #expect(response.status == 404)
        }
    }

    @Test func otherMethodsAreToldWhichAreAllowed() async throws {
        try await Self.withSite { router, _ in
            let response = try await Self.ask(router, "/index.html", method: .post)
            #expect(response.status == 405)
            #expect(response.headers["allow"] == "GET, HEAD")
            #expect(try await Self.ask(router, "/missing", method: .post).status == 404)
        }
    }

    @Test func filesGoOverTheWire() async throws {
        try await Self.withSite { router, _ in
            try await withServer(router) { server in
                let client = try TestClient(port: server.port, receiveBuffer: 16_384)
                let large = try await client.get("/large.bin")
                #expect(large.body == [UInt8](repeating: 0x7A, count: 3_000_000))
                let part = try await client.get("/index.html", "Range: bytes=1-3\r\n")
                #expect(part.status == 206)
                #expect(part.text == "p>p")
                #expect(part.headers["content-range"] == "bytes 1-3/7")
                #expect(try await client.get("/index.html", "Range: bytes=7-\r\n").status == 416)
                #expect(try await client.get("/index.html", "Range: bytes=0-1\r\nIf-Range: \"old\"\r\n").status == 200)
                try await client.send("HEAD /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.response(hasBody: false).headers["content-length"] == "3000000")
                #expect(try await client.get("/api/file").text == "secret")
                #expect(try await client.get("/api/missing").status == 404)
                let tag = try await client.get("/").headers["etag"] ?? ""
                #expect(try await client.get("/", "If-None-Match: \(tag)\r\n").status == 304)
                #expect(try await client.get("/").text == "<p>page")
            }
        }
    }

    @Test func aFileThatShrinksBreaksTheAnswerOff() async throws {
        try await Self.withSite { router, base in
            try await withServer(router) { server in
                let client = try TestClient(port: server.port, receiveBuffer: 4_096)
                // Larger than all buffers on the way, so that the server is still at it after the head.
                #expect(truncate(base + "/site/large.bin", 64 << 20) == 0)
                try await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try await client.head()
                #expect(truncate(base + "/site/large.bin", 10) == 0)
                await #expect(throws: TestClient.Failure.self) { try await client.receive(64 << 20) }
            }
        }
    }
}

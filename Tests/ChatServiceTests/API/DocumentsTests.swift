import ChatService
import Ingest
import Support
import TestSupport
import Testing
import WebServer

/// The routes of documents, called within the process, over a real store and real files.
@Suite("Documents", .timeLimit(.minutes(10)))
struct DocumentsTests {
    private static let base = "/api/courses/algoritmos/documents"

    private struct Receipt: Decodable {
        let documentId: String
        let jobId: String?
        let sessionId: String?
        let course: String
        let name: String
        let status: String
        let duplicateOf: Known?
        let detail: String?
    }

    private struct Known: Decodable {
        let documentId: String
        let name: String
    }

    private struct Listed: Decodable {
        let documents: [Shown]
        let total: Int
        let nextCursor: String?
    }

    private struct Shown: Decodable {
        let documentId: String
        let name: String
        let state: String
        let label: String?
        let reason: String?
        let bytes: Int
        let chunks: Int?
        let url: String
        let title: String?
        let report: [String: Int]?
        let live: Live?
    }

    private struct Live: Decodable {
        let contentHash: String
        let title: String
        let chunks: Int
        let report: [String: Int]?
    }

    private func send(
        _ door: FrontDoor, _ text: String, as name: String = "aula.txt", query: String = "", headers: HTTPFields = [:]
    ) async throws -> FrontDoor.Reply {
        var fields: HTTPFields = [
            "content-type": "text/plain", "content-disposition": "attachment; filename=\"\(name)\"",
        ]
        for field in headers { fields[field.name] = field.value }
        return try await door.send(.post, Self.base + query, bytes: Array(text.utf8), headers: fields)
    }

    private func upload(_ door: FrontDoor, _ text: String, as name: String = "aula.txt", query: String = "")
        async throws
        -> Receipt
    {
        let reply = try await send(door, text, as: name, query: query)
        #expect(reply.status == 202, "\(reply.text)")
        return try reply.json(Receipt.self)
    }

    /// What the ingest worker does, as far as it matters here.
    private func ingest(_ door: FrontDoor, failing: Bool = false) async throws {
        let lease = try #require(try await door.house.store.lease(.document, for: .seconds(30)))
        let document = try #require(lease.job.task.document)
        if failing {
            let failure = JobFailure(.documentFailed, for: .document, message: "Damaged.", cause: "ingest_broken")
            #expect(try await door.house.store.finish(lease, with: .failed(failure)))
        } else {
            door.shelf.put(document, into: lease.job.course)
            #expect(try await door.house.store.finish(lease, with: .ingested(IngestedSummary(pages: nil, chunks: 1))))
        }
    }

    private func originals(_ door: FrontDoor) throws -> [String] {
        try FileNames.of(door.house.folder.file("originals"))
    }

    @Test("An upload is on disk under its hash, and a promise, before it is answered")
    func accepted() async throws {
        let door = try FrontDoor()
        let reply = try await send(
            door, "Recursão.", as: "C:\\\\aulas\\\\recursa\u{303}o.txt", query: "?folder=aulas/1")
        #expect(reply.status == 202, "\(reply.text)")
        let receipt = try reply.json(Receipt.self)
        // The base name, its letters precomposed.
        #expect(Array(receipt.name.unicodeScalars) == Array("aulas/1/recursão.txt".unicodeScalars))
        #expect(receipt.status == "queued" && receipt.course == "algoritmos")
        #expect(reply.headers["location"] == "\(Self.base)/\(receipt.documentId)")
        #expect(try originals(door) == [SHA256.hex("Recursão.".utf8)])
        let lease = try #require(try await door.house.store.lease(.document, for: .seconds(30)))
        #expect(lease.job.id == receipt.jobId && lease.job.task.document?.byteCount == 10)
        #expect(try await door.send(.get, "/api/jobs/\(lease.job.id)").text.contains("\"kind\":\"document\""))
    }

    @Test(
        "What cannot be taken is refused, and nothing stays",
        arguments: [
            ("", "attachment; filename=a.txt", 400, "upload_empty"), ("x", "attachment", 400, "no_file_name"),
            ("x", "attachment; filename=\"..\"", 400, "no_file_name"), ("x", "", 400, "no_file_name"),
            ("x", "attachment; filename=\"\u{200b}\u{7}\"", 400, "no_file_name"),
            ("x", "attachment; filename=\"\(String(repeating: "a", count: 256))\"", 400, "invalid_request"),
        ])
    func refused(text: String, disposition: String, status: Int, label: String) async throws {
        let door = try FrontDoor()
        let reply = try await send(door, text, headers: ["content-disposition": disposition])
        #expect(reply.status == status && reply.text.contains("urn:gepeto:problem:\(label)"), "\(reply.text)")
        #expect(try originals(door).isEmpty)
        #expect(try await door.house.store.depth() == 0)
    }

    @Test("A foreign session, an unknown course, a folder above: refused before the body is looked at")
    func places() async throws {
        let door = try FrontDoor()
        #expect(try await send(door, "x", query: "?sessionId=\(RandomIdentifier.make())").status == 404)
        #expect(try await send(door, "x", query: "?folder=../x").status == 400)
        let reply = try await door.send(
            .post, "/api/courses/fisica/documents", bytes: [1], headers: ["content-disposition": "x; filename=a"])
        #expect(reply.status == 404 && reply.text.contains("POST /api/courses"))
        #expect(try originals(door).isEmpty)
    }

    @Test("A form with one file, and its folder")
    func form() async throws {
        let door = try FrontDoor()
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nFORM"
            + "\r\n--b\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\naulas\r\n--b--\r\n"
        let type: HTTPFields = ["content-type": "multipart/form-data; boundary=b"]
        let reply = try await door.send(.post, Self.base, bytes: Array(body.utf8), headers: type)
        #expect(reply.status == 202 && reply.text.contains("\"name\":\"aulas/a.txt\""), "\(reply.text)")
        #expect(try originals(door) == [SHA256.hex("FORM".utf8)])

        let twice = body.replacing("\"folder\"", with: "\"more\"; filename=\"b.txt\"")
        let cut = String(body.dropLast(6))
        let none = body.replacing("; filename=\"a.txt\"", with: "")
        for (bad, label) in [(twice, "several_files"), (cut, "incomplete_form"), (none, "no_file_name")] {
            let reply = try await door.send(.post, Self.base, bytes: Array(bad.utf8), headers: type)
            #expect(reply.status == 400 && reply.text.contains(label), "\(reply.text)")
        }
        #expect(try originals(door).count == 1)
        #expect(try await door.house.store.depth() == 1)
    }

    @Test("The list shows what waits, what failed and what is ready, a page at a time")
    func list() async throws {
        let door = try FrontDoor()
        _ = try await upload(door, "one", as: "1.txt")
        try await ingest(door)
        _ = try await upload(door, "two", as: "2.txt")
        try await ingest(door, failing: true)
        _ = try await upload(door, "three", as: "3.txt")
        let all = try await door.send(.get, Self.base).json(Listed.self)
        #expect(all.documents.map(\.name) == ["1.txt", "2.txt", "3.txt"] && all.total == 3 && all.nextCursor == nil)
        #expect(all.documents.map(\.state) == ["ready", "failed", "queued"])
        #expect(all.documents[1].reason == "Damaged." && all.documents[1].label == "ingest_broken")
        #expect(all.documents.map(\.bytes) == [3, 3, 5])

        let first = try await door.send(.get, Self.base + "?limit=2").json(Listed.self)
        #expect(first.documents.map(\.name) == ["1.txt", "2.txt"])
        let cursor = try #require(first.nextCursor)
        let second = try await door.send(.get, Self.base + "?limit=2&cursor=\(cursor)").json(Listed.self)
        #expect(second.documents.map(\.name) == ["3.txt"] && second.nextCursor == nil)

        let one = try await door.send(.get, "\(Self.base)/\(all.documents[0].documentId)").json(Shown.self)
        #expect(one.report == ["characters": 3] && one.chunks == 1)
    }

    @Test("The same content under another name is answered at once; under the same name it is a job")
    func duplicates() async throws {
        let door = try FrontDoor()
        let first = try await upload(door, "same", as: "1.txt")
        try await ingest(door)
        let reply = try await send(door, "same", as: "2.txt")
        let known = try reply.json(Receipt.self)
        #expect(reply.status == 200 && known.status == "duplicate" && known.name == "2.txt")
        #expect(known.duplicateOf?.documentId == first.documentId && known.duplicateOf?.name == "1.txt")
        #expect(known.documentId == first.documentId && known.detail?.contains("'1.txt'") == true)
        #expect(try await send(door, "same", as: "1.txt").status == 202)
        #expect(try originals(door) == [SHA256.hex("same".utf8)])
        try await ingest(door)
        // The twin is about to become something else.
        _ = try await upload(door, "changed", as: "1.txt")
        #expect(try await send(door, "same", as: "2.txt").status == 202)
    }

    @Test("An idempotency key makes a repeat return the first receipt")
    func idempotency() async throws {
        let door = try FrontDoor()
        let key: HTTPFields = ["idempotency-key": "k"]
        let first = try await send(door, "text", headers: key).json(Receipt.self)
        let second = try await send(door, "text", headers: key).json(Receipt.self)
        #expect(first.jobId == second.jobId)
        #expect(try await send(door, "another text", headers: key).status == 422)
        #expect(try await door.house.store.depth() == 1)
        // Also once the course has the content, under another name by now.
        try await ingest(door)
        #expect(try await door.send(.delete, "\(Self.base)/\(first.documentId)").status == 204)
        _ = try await upload(door, "text", as: "other.txt")
        try await ingest(door)
        let third = try await send(door, "text", headers: key)
        #expect(third.status == 202)
        #expect(try third.json(Receipt.self).jobId == first.jobId)
    }

    @Test("Deleted: out of the course, its job ended, its original gone, unless another document needs it")
    func deletion() async throws {
        let door = try FrontDoor()
        let first = try await upload(door, "one", as: "1.txt")
        try await ingest(door)
        let second = try await upload(door, "two", as: "2.txt")
        #expect(try await door.send(.delete, "\(Self.base)/\(first.documentId)").status == 204)
        #expect(try await door.send(.get, "\(Self.base)/\(first.documentId)").status == 404)
        #expect(try originals(door) == [SHA256.hex("two".utf8)])

        #expect(try await door.send(.delete, "\(Self.base)/\(second.documentId)").status == 204)
        #expect(try originals(door).isEmpty)
        let job = try #require(second.jobId)
        #expect(try await door.house.store.record(job: job)?.status == .cancelled)
        #expect(try await door.house.store.unpublished(job: job) == nil)
        #expect(try await door.send(.delete, "\(Self.base)/\(second.documentId)").status == 404)
        #expect(try await door.send(.get, Self.base).json(Listed.self).documents.isEmpty)
    }

    /// Stores its document whatever is cancelled, as a transaction that has begun does.
    private struct Stubborn: DocumentIngesting {
        let shelf: ScriptedDocuments
        let started: Latch
        let write: Latch

        func ingest(
            _ document: UploadedDocument, into course: CourseID,
            progress: @escaping @Sendable (DocumentProgress) -> Void
        ) async throws -> IngestedSummary {
            started.open()
            await Task { await write.wait() }.value
            shelf.put(document, into: course)
            return IngestedSummary(pages: nil, chunks: 1)
        }
    }

    @Test("Deleted while it is being stored: it does not come back")
    func deletionWhileIngesting() async throws {
        let door = try FrontDoor()
        let (started, write) = (Latch(), Latch())
        let receipt = try await upload(door, "text")
        try await door.house.ingesting(Stubborn(shelf: door.shelf, started: started, write: write)) {
            await started.wait()
            let deletion = Task { try await door.send(.delete, "\(Self.base)/\(receipt.documentId)").status }
            let job = try #require(receipt.jobId)
            try await eventually { try await door.house.store.record(job: job)?.status == .cancelled }
            write.open()
            #expect(try await deletion.value == 204)
            #expect(try await door.send(.get, Self.base).json(Listed.self).documents.isEmpty)
        }
        #expect(try await door.send(.get, "\(Self.base)/\(receipt.documentId)").status == 404)
        #expect(try originals(door).isEmpty)
    }

    @Test("A new version takes the old one's place; the old original goes when nothing needs it")
    func replaced() async throws {
        let door = try FrontDoor()
        let first = try await upload(door, "old")
        let second = try await upload(door, "new")
        #expect(first.documentId == second.documentId && first.jobId != second.jobId)
        let job = try #require(first.jobId)
        #expect(try await door.house.store.record(job: job)?.status == .cancelled)
        #expect(try originals(door) == [SHA256.hex("new".utf8)])
    }

    @Test("A new version that failed is shown as failed, and discarded without the one that students see")
    func failedVersion() async throws {
        let door = try FrontDoor()
        let first = try await upload(door, "old")
        try await ingest(door)
        _ = try await upload(door, "newer")
        try await ingest(door, failing: true)
        let path = "\(Self.base)/\(first.documentId)"
        for shown in [
            try await door.send(.get, path).json(Shown.self),
            try #require(try await door.send(.get, Self.base).json(Listed.self).documents.first),
        ] {
            #expect(shown.state == "failed" && shown.reason == "Damaged." && shown.bytes == 5)
            #expect(shown.title == nil && shown.chunks == nil && shown.report == nil)
            #expect(shown.live?.contentHash == SHA256.hex("old".utf8) && shown.live?.chunks == 1)
        }
        #expect(try await door.send(.get, path).json(Shown.self).live?.report == ["characters": 3])

        #expect(try await door.send(.delete, path + "?version=old").status == 400)
        #expect(try await door.send(.delete, path).status == 204)
        let kept = try await door.send(.get, path).json(Shown.self)
        #expect(kept.state == "ready" && kept.live == nil && kept.bytes == 3 && kept.report == ["characters": 3])
        #expect(try originals(door) == [SHA256.hex("old".utf8)])
        #expect(try await door.send(.delete, path).status == 204)
        #expect(try await door.send(.get, path).status == 404)

        _ = try await upload(door, "old")
        try await ingest(door)
        _ = try await upload(door, "newer")
        #expect(try await door.send(.delete, path + "?version=all").status == 204)
        #expect(try await door.send(.get, path).status == 404)
        #expect(try originals(door).isEmpty)
        #expect(try await door.house.store.depth() == 0)
    }

    @Test("A failed one is retried, no other")
    func retry() async throws {
        let door = try FrontDoor()
        let receipt = try await upload(door, "text")
        let path = "\(Self.base)/\(receipt.documentId)/retry"
        #expect(try await door.send(.post, path).status == 409)
        try await ingest(door, failing: true)
        let reply = try await door.send(.post, path)
        let again = try reply.json(Receipt.self)
        #expect(reply.status == 202 && again.documentId == receipt.documentId && again.jobId != receipt.jobId)
        try await ingest(door)
        #expect(try await door.send(.post, path).status == 409)
    }

    @Test("The original is read whole, in parts, or not again; what it is decides whether it is shown")
    func content() async throws {
        let door = try FrontDoor()
        let receipt = try await upload(door, "0123456789", as: "lista 1.txt")
        let path = "\(Self.base)/\(receipt.documentId)/content"
        try await ingest(door)
        let hash = SHA256.hex("0123456789".utf8)
        let whole = try await door.respond(.get, path)
        #expect(whole.status == 200 && whole.headers["etag"] == "\"\(hash)\"")
        #expect(whole.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(whole.headers["content-disposition"]?.hasPrefix("inline; filename=\"lista 1.txt\"") == true)
        #expect(whole.headers["content-security-policy"] == "sandbox")
        #expect(whole.headers["x-content-type-options"] == "nosniff")
        let part = try await door.respond(.get, path, headers: ["range": "bytes=2-4"])
        #expect(part.status == 206 && part.headers["content-range"] == "bytes 2-4/10")
        let beyond = try await door.send(.get, path, headers: ["range": "bytes=10-"])
        #expect(beyond.status == 416 && beyond.headers["content-range"] == "bytes */10")
        #expect(beyond.headers["content-type"] == "application/problem+json")
        #expect(try await door.respond(.get, path, headers: ["if-none-match": "\"\(hash)\""]).status == 304)
    }

    @Test(
        "Only what a browser shows harmlessly is shown",
        arguments: [
            ("a.pdf", "%PDF-1.7", "application/pdf", "inline"), ("aula 3", "%PDF-1.7", "application/pdf", "inline"),
            ("a.pdf", "x", "application/octet-stream", "attachment"), ("a.png", "x", "image/png", "inline"),
            ("a.html", "<b>", "text/html; charset=utf-8", "attachment"), ("a.svg", "x", "image/svg+xml", "attachment"),
            ("a.bin", "x", "application/octet-stream", "attachment"),
            (
                "a.docx", "x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"
            ), ("a.txt", "caf\u{e9}", "text/plain; charset=utf-8", "inline"),
        ])
    func types(name: String, text: String, type: String, disposition: String) async throws {
        let door = try FrontDoor()
        let receipt = try await upload(door, text, as: name)
        try await ingest(door)
        let reply = try await door.respond(.get, "\(Self.base)/\(receipt.documentId)/content")
        #expect(reply.headers["content-type"] == type)
        #expect(reply.headers["content-disposition"]?.hasPrefix(disposition) == true)
    }

    @Test("A new course is empty, has its title, and is made once")
    func courses() async throws {
        let door = try FrontDoor()
        let made = try await door.send(.post, "/api/courses", #"{"id": "fisica", "title": "Física I"}"#)
        #expect(made.status == 201 && made.headers["location"] == "/api/courses/fisica")
        #expect(made.text.contains("\"title\":\"Física I\""))
        #expect(try await door.send(.post, "/api/courses", #"{"id": "fisica"}"#).status == 409)
        #expect(try await door.send(.post, "/api/courses", #"{"id": "algoritmos"}"#).status == 409)
        #expect(try await door.send(.post, "/api/courses", #"{"id": "Não"}"#).status == 400)
        #expect(try await door.send(.post, "/api/courses", #"{"title": "x"}"#).status == 400)
        #expect(try await door.send(.get, "/api/courses/fisica/documents").json(Listed.self).documents.isEmpty)
    }
}

/// Students may read what is in their course, and nothing else of this.
@Suite("Documents are the staff's")
struct StaffOnlyTests {
    private static let secret = "a-secret-of-at-least-thirty-two-bytes"

    private func token(_ role: String, _ time: ManualTime) -> HTTPFields {
        let claims =
            "{\"sub\":\"ana\",\"exp\":\(time.now.seconds + 60),\"iss\":\"i\",\"aud\":\"gepeto\"\(role)}"
        return ["authorization": "Bearer \(TestToken.make(secret: Self.secret, claims: claims))"]
    }

    @Test(
        "The roles in the token decide",
        arguments: [
            (#","courses":{"algoritmos":"staff"}"#, true, false), (#","roles":["student","admin"]"#, true, true),
            (#","courses":{"algoritmos":"staff"},"role":"staff""#, true, true),
            (#","courses":{"algoritmos":"student"},"role":"staff""#, false, true),
            (#","courses":{"algoritmos":"student"},"role":"STAFF""#, false, false),
        ])
    func roles(claim: String, isStaff: Bool, isMaker: Bool) async throws {
        let time = ManualTime()
        let door = try FrontDoor(
            authenticator: try JWTAuthenticator(secret: Self.secret, issuer: "i", audience: "gepeto", time: time))
        let base = "/api/courses/algoritmos/documents"
        let fields = token(claim, time)
        let requests: [(HTTPMethod, String, Int)] = [
            (.get, base, 200), (.post, base, 400), (.get, base + "/x", 404), (.delete, base + "/x", 404),
            (.post, base + "/x/retry", 404),
        ]
        for (method, path, status) in requests {
            let reply = try await door.send(method, path, method == .post ? "{}" : nil, headers: fields)
            #expect(reply.status == (isStaff ? status : 403), "\(method) \(path): \(reply.text)")
        }
        let course = try await door.send(.post, "/api/courses", #"{"id": "nova"}"#, headers: fields)
        #expect(course.status == (isMaker ? 201 : 403))
        #expect(try await door.send(.get, base + "/x/content", headers: fields).status == 404)
        #expect(try await door.send(.get, base).status == 401)
    }
}

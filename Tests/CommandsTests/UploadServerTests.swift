import ChatService
import Foundation
import Support
import TestSupport
import Testing

/// Uploads over real connections: what only the meeting of socket, disk and queue can show.
@Suite("Uploads over the wire", .timeLimit(.minutes(10)))
struct UploadServerTests {
    private struct Receipt: Decodable {
        let documentId: String
        let jobId: String
    }

    private func head(_ more: String, course: String = "fisica", name: String = "aula.md") -> String {
        "POST /api/courses/\(course)/documents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + "Content-Disposition: attachment; filename=\"\(name)\"\r\n\(more)\r\n"
    }

    private func spools(_ house: UploadHouse) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: house.scratch.file("originals"))) ?? []
        return names.filter { $0.hasPrefix(".") }
    }

    @Test("A chunked upload becomes searchable, keeps its id when it is replaced, and is gone when it is deleted")
    func wholeWay() async throws {
        try await UploadHouse().open { house in
            let client = try RawClient(port: house.server.port)
            let send = { (text: String) in
                try await client.send(head("Transfer-Encoding: chunked\r\n"))
                for piece in text.split(separator: " ", omittingEmptySubsequences: false) {
                    let chunk = piece + " "
                    try await client.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n")
                }
                try await client.send("0\r\n\r\n")
                let (status, _, body) = try await client.response()
                #expect(status == 202, "\(body)")
                return try JSONDecoder().decode(Receipt.self, from: Data(body.utf8))
            }
            let first = try await send(
                "# Movimento\n\nA velocidade média é o deslocamento dividido pelo tempo gasto nele.")
            let record = try await house.over(first.jobId)
            #expect(record.status == .completed, "\(record)")
            let course = try CourseID("fisica")
            let find = { (query: String) in
                try await #require(try await house.folder.retriever(for: course)).search(query, limit: 5).passages
            }
            #expect(try await find("velocidade média").first?.documentID == first.documentId)

            let second = try await send(
                "# Movimento\n\nA aceleração é a variação da velocidade dividida pelo tempo gasto.")
            #expect(second.documentId == first.documentId)
            #expect(try await house.over(second.jobId).status == .completed)
            #expect(try await find("deslocamento").allSatisfy { !$0.text.contains("deslocamento") })
            // The former version's original goes with it, right after the job is over.
            try await eventually {
                try FileManager.default.contentsOfDirectory(atPath: house.scratch.file("originals")).count == 1
            }

            try await client.send(
                "GET /api/courses/fisica/documents/\(first.documentId) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let report = try await client.response()
            #expect(report.status == 200 && report.body.contains("\"selfCheck\""), "\(report.body)")
            try await client.send(
                "DELETE /api/courses/fisica/documents/\(first.documentId) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await client.response().status == 204)
            #expect(try await find("aceleração").isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: house.scratch.file("originals")).isEmpty)
        }
    }

    @Test("A client that vanishes half way leaves nothing")
    func vanished() async throws {
        try await UploadHouse().open { house in
            let client = try RawClient(port: house.server.port)
            try await client.send(head("Content-Length: 1000\r\n") + "the beginning")
            try await eventually { !spools(house).isEmpty }
            await client.close()
            try await eventually { spools(house).isEmpty }
            #expect(try await house.store.depth() == 0)
        }
    }

    @Test("Who waits for '100 Continue' is told to go on, or at once why not")
    func continues() async throws {
        try await UploadHouse().open { house in
            let client = try RawClient(port: house.server.port)
            let expecting = "Content-Length: 5\r\nExpect: 100-continue\r\n"
            try await client.send(head(expecting))
            #expect(try await client.response().status == 100)
            try await client.send("# Oi\n")
            #expect(try await client.response().status == 202)

            let other = try RawClient(port: house.server.port)
            try await other.send(head(expecting, course: "quimica"))
            #expect(try await other.response().status == 404)
        }
    }

    @Test("Too large is said before the body, or while it arrives; nothing stays")
    func tooLarge() async throws {
        try await UploadHouse().open { house in
            let told = try RawClient(port: house.server.port)
            try await told.send(head("Content-Length: 102000000\r\n"))
            let early = try await told.response()
            #expect(early.status == 413 && early.body.contains("larger than"), "\(early.body)")

            let chunked = try RawClient(port: house.server.port)
            try await chunked.send(head("Transfer-Encoding: chunked\r\n"))
            let piece = Array("100000\r\n".utf8) + [UInt8](repeating: 65, count: 1 << 20) + Array("\r\n".utf8)
            var sent = 0
            while sent < 120, await !chunked.isAnswered(), try await chunked.send(piece) { sent += 1 }
            #expect((95...110).contains(sent))
            let late = try await chunked.response()
            #expect(late.status == 413 && late.body.contains("100 MB"), "\(late.body)")
            try await eventually { spools(house).isEmpty }
            #expect(try await house.store.depth() == 0)
        }
    }

    @Test("A ninth upload at once is asked to come again")
    func tooMany() async throws {
        try await UploadHouse().open { house in
            var clients: [RawClient] = []
            for number in 0..<8 {
                let client = try RawClient(port: house.server.port)
                try await client.send(head("Content-Length: 100\r\n", name: "\(number).md") + "begun")
                clients.append(client)
            }
            try await eventually { spools(house).count >= 8 }
            let ninth = try RawClient(port: house.server.port)
            try await ninth.send(head("Content-Length: 5\r\n") + "# Oi\n")
            let answer = try await ninth.response()
            #expect(answer.status == 503 && answer.head.contains("retry-after: 5"), "\(answer.body)")
            for client in clients { await client.close() }
            try await eventually { spools(house).isEmpty }
            let again = try RawClient(port: house.server.port)
            try await again.send(head("Content-Length: 5\r\n") + "# Oi\n")
            #expect(try await again.response().status == 202)
        }
    }

    @Test("What a killed server left of an upload is removed at the next start, nothing else")
    func sweep() throws {
        let house = try UploadHouse()
        try house.scratch.write("originals/.upload-0123", "half")
        try house.scratch.write("originals/whole", "whole")
        house.desk.sweep()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: house.scratch.file("originals")) == ["whole"])
    }
}

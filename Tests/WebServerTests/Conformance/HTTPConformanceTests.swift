import Foundation
import Support
import TestSupport
import Testing

@testable import WebServer

/// Tests/Fixtures/conformance/http.json, over real sockets.
@Suite struct HTTPConformanceTests {
    enum Delivery: String, CaseIterable, Sendable {
        case inOneWrite, byteAtATime

        /// Byte for byte only what does not take for ever.
        func suits(_ bytes: [UInt8]) -> Bool { self == .inOneWrite || bytes.count <= 20_000 }
    }

    private static func withConformanceServer(_ body: @Sendable (WebServer) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let router = try ConformanceRouter.make(folder: URL(filePath: folder.path))
        try await withServer(router, { $0.timeouts.head = .seconds(600) }, body)
    }

    @Test(arguments: Delivery.allCases) func everyCaseOfTheTable(_ delivery: Delivery) async throws {
        let cases = try HTTPCase.table()
        #expect(cases.count >= 300)
        try await Self.withConformanceServer { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for index in stride(from: lane, to: cases.count, by: 8) {
                            let one = cases[index]
                            guard one.steps.allSatisfy({ delivery.suits($0.send) }) else { continue }
                            let complaints = await Self.complaints(one, delivery, port: server.port)
                            #expect(complaints.isEmpty, "\(one), \(delivery): \(complaints)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// What went otherwise than the table wants.
    private static func complaints(_ one: HTTPCase, _ delivery: Delivery, port: Int) async -> [String] {
        var complaints: [String] = []
        do {
            let client = try TestClient(port: port)
            var last: TestClient.Response?
            for step in one.steps {
                await client.offer(step.send, byteAtATime: delivery == .byteAtATime)
                if one.finish { await client.shutDownSending() }
                var early: TestClient.Response?
                for answer in step.answers {
                    let response: TestClient.Response
                    if let early {
                        response = early
                    } else {
                        response = try await client.response(hasBody: !answer.head)
                    }
                    early = answer.isOptional && !answer.status.contains(response.status) ? response : nil
                    guard early == nil else { continue }
                    complaints += answer.complaints(response)
                    last = response
                }
            }
            let saysClose = last?.headers["connection"] == "close"
            switch one.then {
            case .any: break
            case .open where saysClose: complaints.append("the connection is closed")
            case .open:
                let next = try await client.get("/see/after").text
                if next != "GET /see/after host=test rest=after" { complaints.append("the next answer is \(next)") }
            case .close where last != nil && !saysClose && !one.finish: complaints.append("the end is not announced")
            case .close: if !(try await client.isCutOff()) { complaints.append("something follows") }
            }
        } catch {
            complaints.append("\(error)")
        }
        return complaints
    }

    static let whole = [
        "GET /see HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /see HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /see HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n",
    ]

    /// A torn request is never answered as if it were whole, and never left hanging.
    @Test(arguments: whole) func theClientShutsItsDirectionAtEveryPoint(_ request: String) async throws {
        let bytes = Array(request.utf8)
        try await Self.withConformanceServer { server in
            for count in 0...bytes.count {
                let client = try TestClient(port: server.port)
                await client.offer(Array(bytes[..<count]), byteAtATime: false)
                await client.shutDownSending()
                if count == bytes.count {
                    #expect(try await client.response().status == 200)
                }
                #expect(try await client.isCutOff(), "after \(count) bytes")
            }
        }
    }
}

extension Answer {
    /// In what `response` is another.
    fileprivate func complaints(_ response: TestClient.Response) -> [String] {
        var complaints: [String] = []
        if !status.contains(response.status) { complaints.append("\(response.status) instead of \(status)") }
        if let body, response.body != body { complaints.append("the body is \(response.text)") }
        for (name, value) in headers where response.headers[name] != value {
            complaints.append("\(name) is \(response.headers[name] ?? "absent")")
        }
        complaints += has.filter { response.headers[$0] == nil }.map { "\($0) is absent" }
        complaints += absent.filter { response.headers[$0] != nil }.map { "\($0) is there" }
        return complaints
    }
}

extension TestClient {
    /// Sends as much as the peer takes: one that has answered already need not read the rest.
    func offer(_ bytes: [UInt8], byteAtATime: Bool) {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        do {
            if byteAtATime { for byte in bytes { try send([byte]) } } else { try send(bytes) }
        } catch {
            // What the server has to say is read in any case.
        }
    }

    /// Whether the peer ended the connection, in order or not, without another byte.
    func isCutOff() throws -> Bool {
        do {
            return try receiveAll().isEmpty
        } catch let failure as Failure where failure.what == "recv: \(ECONNRESET)" {
            return true
        }
    }
}

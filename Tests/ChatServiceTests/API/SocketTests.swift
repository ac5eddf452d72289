import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// The socket over a real server and real connections.
@Suite("WebSocket", .timeLimit(.minutes(10)))
struct SocketTests {
    fileprivate struct Connected: Decodable {
        let event: String
        let seq: Int64
        let status: String
        let connectionId: String
        let sessionId: String
        let epoch: String
        let resumedFrom: Int64
    }

    private struct Repeated: Decodable {
        let event: String
        let jobId: String
        let sessionId: String
    }

    private struct Rejected: Decodable {
        struct Problem: Decodable {
            let status: Int
            let type: String
        }
        let event: String
        let problem: Problem
    }

    /// Runs `body` while a server serves the door on a port of its own.
    fileprivate func serving(_ door: FrontDoor, _ body: (Int) async throws -> Void) async throws {
        let server = try WebServer(
            ServerConfiguration(host: "127.0.0.1", port: 0, loops: 1), router: door.router, log: .silent)
        let run = Task { try await server.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(server.port)) } catch { result = .failure(error) }
        await server.shutDown()
        run.cancel()
        _ = try? await run.value
        try result.get()
    }

    fileprivate func text(_ client: WebSocketClient) async throws -> String {
        guard case .text(let text) = try await client.receive() else {
            throw WebSocketClient.Failure(description: "no text frame")
        }
        return text
    }

    @discardableResult
    fileprivate func connected(_ client: WebSocketClient) async throws -> Connected {
        try JSONText.decode(Connected.self, from: try await text(client))
    }

    private func story(_ client: WebSocketClient) async throws -> [EventFrame] {
        var frames: [EventFrame] = []
        while frames.last?.event.isTerminal != true {
            frames.append(try JSONText.decode(EventFrame.self, from: try await text(client)))
        }
        return frames
    }

    @Test("Connect, ask over HTTP, watch the answer; reconnect and get what was missed")
    func replay() async throws {
        let door = try FrontDoor()
        let answering = ScriptedAnswering([[.report(.retrieving), .report(.delta(stream: 1, "Answer"))]])
        try await serving(door) { port in
            let client = try await WebSocketClient.connect(port: port, target: "/api/ws")
            #expect(client.head.hasPrefix("HTTP/1.1 101"))
            let hello = try await connected(client)
            #expect(hello.event == "connected" && hello.status == "connected")
            #expect(hello.seq == 0 && hello.resumedFrom == 0)
            let accepted = try await door.ask(more: ", \"sessionId\": \"\(hello.sessionId)\"")
            #expect(accepted.sessionId == hello.sessionId)
            let live = try await door.house.working(answering) { try await story(client) }
            #expect(live.map(\.seq) == [1, 2, 3, 4])
            client.vanish()

            let again = try await WebSocketClient.connect(
                port: port, target: "/api/ws?sessionId=\(hello.sessionId)&after=2")
            let back = try await connected(again)
            #expect(back.epoch == hello.epoch && back.resumedFrom == 2 && back.connectionId != hello.connectionId)
            #expect(try await story(again) == Array(live[2...]))
        }
    }

    @Test("A client that was away gets more than may wait for a slow reader, for it is none")
    func longAbsence() async throws {
        let door = try FrontDoor()
        try await serving(door) { port in
            let session = try await door.house.store.createSession(owner: .local)
            let text = String(repeating: "x", count: 9_000)
            for index in 0..<200 {
                let delta = ChatEvent.Delta(jobId: "j", attempt: 1, stream: 1, index: index, content: text)
                try await door.house.store.append(.messageDelta(delta), to: session)
            }
            let client = try await WebSocketClient.connect(
                port: port, target: "/api/ws?sessionId=\(session)&after=0")
            #expect(try await connected(client).resumedFrom == 0)
            for seq in 1...200 {
                #expect(try JSONText.decode(EventFrame.self, from: try await self.text(client)).seq == Int64(seq))
            }
        }
    }

    @Test("Ask and cancel over the socket; what is wrong is rejected and the socket lives on")
    func actions() async throws {
        let door = try FrontDoor()
        let never = Latch()
        let started = Latch()
        try await serving(door) { port in
            let client = try await WebSocketClient.connect(port: port, target: "/api/ws")
            _ = try await connected(client)
            for (message, status) in [
                ("{", 400), ("[]", 400), (#"{"action": "dance"}"#, 400), (#"{"action": "ask"}"#, 400),
                (#"{"action": "ask", "message": "a", "course": "fisica"}"#, 404),
                (#"{"action": "ask", "message": "a", "sessionId": "0123456789abcdef0123456789abcdef"}"#, 400),
                (#"{"action": "cancel"}"#, 400), (#"{"action": "cancel", "jobId": "x"}"#, 404),
            ] {
                try await client.send(message)
                let rejected = try JSONText.decode(Rejected.self, from: try await text(client))
                #expect(rejected.event == "rejected" && rejected.problem.status == status, "\(message)")
            }
            try await door.house.working(ScriptedAnswering([[.reach(started), .wait(never)]])) {
                try await client.send(#"{"action": "ask", "message": "O que é recursão?", "traceId": "t-1"}"#)
                let queued = try JSONText.decode(EventFrame.self, from: try await text(client))
                guard case .status(let status) = queued.event else {
                    Issue.record("the first event is not a status")
                    return
                }
                #expect(status.state == .queued && status.traceId == "t-1" && queued.seq == 1)
                await started.wait()
                try await client.send("{\"action\": \"cancel\", \"jobId\": \"\(status.jobId)\"}")
                let end = try await story(client)
                #expect(end.failure?.code == .cancelled)
            }
        }
    }

    @Test("A question repeated under its key is told what the first was promised, and asked once")
    func idempotency() async throws {
        let door = try FrontDoor()
        let ask = #"{"action": "ask", "message": "O que é recursão?", "idempotencyKey": "k"}"#
        try await serving(door) { port in
            let client = try await WebSocketClient.connect(port: port, target: "/api/ws")
            let session = try await connected(client).sessionId
            try await client.send(ask)
            let queued = try JSONText.decode(EventFrame.self, from: try await text(client))
            // The second comes on another socket, with a session of its own.
            let other = try await WebSocketClient.connect(port: port, target: "/api/ws")
            #expect(try await connected(other).sessionId != session)
            var answer = ""
            repeat {
                // 409 while the first is still in work, which it may be for a moment after its event.
                try await other.send(ask)
                answer = try await text(other)
            } while answer.contains("request_in_work")
            let repeated = try JSONText.decode(Repeated.self, from: answer)
            #expect(repeated.event == "repeated" && repeated.sessionId == session)
            #expect(repeated.jobId == queued.event.jobID)
            #expect(try await door.house.store.depth() == 1)
            for (message, status) in [
                (#"{"action": "ask", "message": "Outra?", "idempotencyKey": "k"}"#, 422),
                (#"{"action": "ask", "message": "a", "idempotencyKey": "a b"}"#, 400),
                (#"{"action": "ask", "message": "a", "idempotencyKey": 7}"#, 400),
            ] {
                try await other.send(message)
                let rejected = try JSONText.decode(Rejected.self, from: try await text(other))
                #expect(rejected.event == "rejected" && rejected.problem.status == status, "\(message)")
            }
        }
    }

    @Test("Another's session is closed with 1008; a token may come as a sub-protocol and ends the socket")
    func identity() async throws {
        let secret = String(repeating: "s", count: 32)
        let time = ManualTime()
        let door = try FrontDoor(
            authenticator: JWTAuthenticator(secret: secret, issuer: "i", audience: "a", time: time))
        func token(_ user: String) -> String {
            let claims =
                #"{"sub":"\#(user)","exp":\#(time.now.seconds + 60),"iss":"i","aud":"a","courses":{"algoritmos":"student"}}"#
            return TestToken.make(secret: secret, claims: claims)
        }
        try await serving(door) { port in
            let nobody = try await WebSocketClient.connect(port: port, target: "/api/ws")
            #expect(nobody.head.hasPrefix("HTTP/1.1 401"))
            let ana = try await WebSocketClient.connect(
                port: port, target: "/api/ws", headers: ["Sec-WebSocket-Protocol: gepeto.v1, bearer.\(token("ana"))"])
            #expect(ana.head.hasPrefix("HTTP/1.1 101"))
            #expect(ana.head.lowercased().contains("sec-websocket-protocol: gepeto.v1\r\n"))
            let hello = try await connected(ana)
            for session in [hello.sessionId, RandomIdentifier.make(), "x"] {
                let bia = try await WebSocketClient.connect(
                    port: port, target: "/api/ws?sessionId=\(session)",
                    headers: ["Authorization: Bearer \(token("bia"))"])
                #expect(try await bia.receive() == .closed(1008))
            }
            // A token that ends in a moment takes the socket with it; the other stays.
            door.house.time.advance(by: .milliseconds(59_990))
            let last = try await WebSocketClient.connect(
                port: port, target: "/api/ws?sessionId=\(hello.sessionId)",
                headers: ["Authorization: Bearer \(token("ana"))"])
            _ = try await connected(last)
            #expect(try await last.receive() == .closed(1008))
            try await ana.send("{}")
            #expect(try await text(ana).contains("rejected"))
        }
    }

    @Test("Foreign origins and bad positions are refused before the upgrade")
    func refused() async throws {
        let door = try FrontDoor()
        try await serving(door) { port in
            let evil = try await WebSocketClient.connect(
                port: port, target: "/api/ws", headers: ["Origin: https://evil.example"])
            #expect(evil.head.hasPrefix("HTTP/1.1 403"))
            let bad = try await WebSocketClient.connect(port: port, target: "/api/ws?after=x")
            #expect(bad.head.hasPrefix("HTTP/1.1 400"))
        }
    }
}

/// Beside the routes: what is asked over a socket.
extension SocketTests {
    @Test("Over a socket, too, a question reaches only courses of who asks")
    func courses() async throws {
        let secret = String(repeating: "s", count: 32)
        let door = try FrontDoor(
            courses: ["algoritmos", "fisica"],
            authenticator: JWTAuthenticator(secret: secret, issuer: "i", audience: "a", time: ManualTime()))
        let claims = #"{"sub":"ana","exp":\#(ManualTime().now.seconds + 60),"iss":"i","aud":"a"}"#
        let token = TestToken.make(secret: secret, claims: claims)
        _ = try await door.directory.enrol([Enrolment(user: UserID("ana"), role: .student)], in: CourseID("fisica"))
        try await serving(door) { port in
            let ana = try await WebSocketClient.connect(
                port: port, target: "/api/ws", headers: ["Authorization: Bearer \(token)"])
            _ = try await connected(ana)
            for course in ["algoritmos", "unknown"] {
                try await ana.send(#"{"action": "ask", "message": "a", "course": "\#(course)"}"#)
                #expect(try await text(ana).contains("unknown_course"))
            }
            try await ana.send(#"{"action": "ask", "message": "a", "course": "fisica"}"#)
            #expect(try await text(ana).contains(#""state":"queued""#))
        }
    }
}

import Support
import Testing

@testable import WebServer

/// Handlers that are told what happens on a socket, and handlers on the loop's thread.
@Suite struct WebSocketHandlerTests {
    /// Writes down what it is told; messages that begin with `work` are left to a task that waits for its turn.
    private final class Recorder: WebSocketHandler {
        let told = Locked<[String]>([])
        let gate = Latch()
        let isClosed = Latch()
        /// Sent once there is room.
        let more = Locked(0)

        func note(_ what: String) { told.withLock { $0.append(what) } }

        func opened(_ socket: WebSocketConnection) {
            note("opened")
            socket.send("welcome")
        }

        func received(_ message: WebSocketMessage, from socket: WebSocketConnection) -> WebSocketWork? {
            guard case .text(let text) = message else { return nil }
            note(text)
            if text == "room?" {
                socket.awaitRoom()
                return nil
            }
            guard text.hasPrefix("work") else {
                socket.send("got \(text)")
                return nil
            }
            return {
                await self.gate.wait()
                self.note("end of \(text)")
                socket.send("did \(text)")
            }
        }

        func hasRoom(_ socket: WebSocketConnection) {
            guard
                more.withLock({ count in
                    count -= 1
                    return count >= 0
                })
            else { return }
            socket.send(String(repeating: "x", count: 100_000))
            socket.awaitRoom()
        }

        func closed(_ socket: WebSocketConnection) {
            note("closed")
            #expect(socket.send("too late") == .closed)
            isClosed.open()
        }
    }

    private func router(_ recorder: Recorder) -> Router {
        var router = Router()
        router.webSocket("/ws", place: .loop) { _ in .handle(subprotocol: nil, recorder) }
        return router
    }

    private static func close(_ client: TestClient) async throws {
        try await client.send(FrameDecoderTests.frame(8, [0x03, 0xE8]))
        #expect(try await client.closeCode() == 1000)
    }

    @Test func messagesAreToldInOrderAndWorkHoldsUpTheNext() async throws {
        let recorder = Recorder()
        try await withServer(router(recorder)) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            #expect(try await client.frame().payload == Array("welcome".utf8))
            for text in ["a", "work 1", "b", "work 2", "c"] { try await client.send(FrameDecoderTests.text(text)) }
            #expect(try await client.frame().payload == Array("got a".utf8))
            recorder.gate.open()
            for expected in ["did work 1", "got b", "did work 2", "got c"] {
                #expect(try await client.frame().payload == Array(expected.utf8))
            }
            // All work is done: the loop tells the next one itself.
            try await client.send(FrameDecoderTests.text("d"))
            #expect(try await client.frame().payload == Array("got d".utf8))
            try await Self.close(client)
            await recorder.isClosed.wait()
            #expect(
                recorder.told.withLock { $0 } == [
                    "opened", "a", "work 1", "end of work 1", "b", "work 2", "end of work 2", "c", "d", "closed",
                ])
        }
    }

    @Test func whatWasAskedBeforeThePeerLeftIsDoneBeforeTheEnd() async throws {
        let recorder = Recorder()
        try await withServer(router(recorder)) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            for text in ["work 1", "b"] { try await client.send(FrameDecoderTests.text(text)) }
            #expect(try await client.frame().opcode == 1)
            try await Self.close(client)
            recorder.gate.open()
            await recorder.isClosed.wait()
            #expect(recorder.told.withLock { $0 } == ["opened", "work 1", "end of work 1", "b", "closed"])
        }
    }

    @Test func aPeerThatSendsAheadOfTheWorkIsMadeToWait() async throws {
        let recorder = Recorder()
        try await withServer(router(recorder), loops: 1, { $0.limits.inflowHigh = 10_000 }) { server in
            let client = try TestClient(port: server.port)
            _ = try await client.upgrade()
            #expect(try await client.frame().opcode == 1)
            try await client.send(FrameDecoderTests.text("work"))
            // Far more than the kernel's buffers and the high mark take together.
            let frame = FrameDecoderTests.frame(2, [UInt8](repeating: 0, count: 60_000))
            let sent = try await client.sendUntilFull((0..<20).flatMap { _ in frame }, limit: 64 << 20)
            #expect(sent < 64 << 20)
            recorder.gate.open()
            #expect(try await client.frame().payload == Array("did work".utf8))
        }
    }

    @Test func roomIsToldOnceForEachAsking() async throws {
        let recorder = Recorder()
        recorder.more.withLock { $0 = 50 }
        try await withServer(router(recorder)) { server in
            let client = try TestClient(port: server.port, receiveBuffer: 4_096)
            _ = try await client.upgrade()
            #expect(try await client.frame().payload == Array("welcome".utf8))
            try await client.send(FrameDecoderTests.text("room?"))
            // Five megabytes, of which never more than one message waits beyond the low mark: nobody is dropped.
            for _ in 0..<50 { #expect(try await client.frame().payload.count == 100_000) }
            try await Self.close(client)
            #expect(recorder.more.withLock { $0 } == -1)
        }
    }

    @Test func handlersOnTheLoopMayAwait() async throws {
        var router = testRouter()
        let gate = Latch()
        let arrived = Latch()
        router.on(.post, "/loop", place: .loop) { request in
            let body = try await request.body.collect(upTo: 100)
            arrived.open()
            await gate.wait()
            return .text("late \(body.count)")
        }
        router.on(.get, "/at-once", place: .loop) { _ in .text("at once") }
        let shared = router
        try await withServer(shared, loops: 1) { server in
            let slow = try TestClient(port: server.port)
            try await slow.send("POST /loop HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")
            let quick = try TestClient(port: server.port)
            #expect(try await quick.get("/at-once").text == "at once")
            try await slow.send("c")
            await arrived.wait()
            #expect(try await quick.get("/at-once").text == "at once")
            gate.open()
            #expect(try await slow.response().text == "late 3")
            #expect(server.figures.connectionsOpen == 2 && server.figures.answers == [0, 3, 0, 0, 0])
        }
    }

    @Test func aHandlerThatTakesTooLongIsCancelledAndItsClientTold() async throws {
        var router = testRouter()
        router.on(.get, "/stuck", deadline: .milliseconds(20)) { _ in
            await Latch().wait()
            try Task.checkCancellation()
            return .text("never")
        }
        router.on(.get, "/late", deadline: .milliseconds(20)) { _ in
            await Latch().wait()
            return .text("late")
        }
        try await withServer(router, { $0.timeouts.linger = .milliseconds(40) }) { server in
            let client = try TestClient(port: server.port)
            let stuck = try await client.get("/stuck")
            #expect(stuck.status == 503 && stuck.headers["retry-after"] == "5")
            // The connection goes on, and an answer that is late but good is better than none.
            #expect(try await client.get("/late").text == "late")
            #expect(try await client.get("/hello").text == "hello")
            #expect(server.figures.answers == [0, 2, 0, 0, 1])
        }
    }
}

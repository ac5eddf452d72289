import Foundation
import HTTPClient
import Support
import TestSupport
import Testing
import WebServer

@testable import Lambda

@Suite struct RuntimeLoopTests {
    /// Runs `body` while the function answers with `handler`.
    private func running(
        _ emulator: RuntimeEmulator, time: any TimeSource = SystemTime(), _ handler: @escaping RuntimeLoop.Handler,
        _ body: () async throws -> Void
    ) async throws {
        let client = RuntimeClient(
            address: emulator.address, http: HTTPClient(log: .silent), patience: .seconds(300))
        let loop = RuntimeLoop(client, time: time, log: .silent, handler: handler)
        let run = Task { try await loop.run() }
        try await body()
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        await emulator.stop()
    }

    @Test func eventsAreAnsweredOneAfterTheOther() async throws {
        let emulator = try RuntimeEmulator()
        let seen = Locked<[Invocation]>([])
        try await running(
            emulator,
            { invocation in
                seen.withLock { $0.append(invocation) }
                return Array("+".utf8) + invocation.event
            }
        ) {
            #expect(await emulator.invoke(Array("one".utf8)) == .response("+one"))
            let trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
            let late = "\(SystemTime().now.milliseconds + 60_000)"
            #expect(
                await emulator.invoke(
                    Array("two".utf8),
                    headers: ["lambda-runtime-trace-id": trace, "lambda-runtime-deadline-ms": late])
                    == .response("+two"))
            #expect(
                seen.withLock { $0.map(\.trace?.traceparent) } == [
                    nil, "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00",
                ])
            #expect(seen.withLock { $0.last?.deadline?.milliseconds } == Int64(late))
        }
    }

    @Test func whatFailsIsToldWithoutItsOwnWords() async throws {
        struct Secret: Error { let text = "a password" }
        let emulator = try RuntimeEmulator()
        try await running(
            emulator,
            { invocation in
                if invocation.event == Array("known".utf8) { throw RuntimeError.unknownEvent }
                if invocation.event == Array("large".utf8) {
                    return [UInt8](repeating: 0x20, count: RuntimeClient.mostBytes + 1)
                }
                throw Secret()
            }
        ) {
            guard case .error("gepeto.unexplained", let body) = await emulator.invoke([]) else {
                Issue.record("no error")
                return
            }
            #expect(!body.contains("password"))
            let report = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            #expect(report?["errorType"] as? String == "gepeto.unexplained")
            let known = await emulator.invoke(Array("known".utf8))
            guard case .error("gepeto.unknown_event", _) = known else {
                Issue.record("\(known)")
                return
            }
            let large = await emulator.invoke(Array("large".utf8))
            guard case .error("gepeto.too_large", _) = large else {
                Issue.record("\(large)")
                return
            }
        }
    }

    @Test func theDeadlineEndsAnEventNotTheFunction() async throws {
        let emulator = try RuntimeEmulator()
        let time = ManualTime()
        let cancelled = Latch()
        try await running(
            emulator, time: time,
            { invocation in
                guard invocation.event != Array("quick".utf8) else { return invocation.event }
                do {
                    try await time.sleep(for: .seconds(1_000))
                } catch {
                    cancelled.open()
                    throw error
                }
                return []
            }
        ) {
            let deadline = "\((time.now + .seconds(10)).milliseconds)"
            async let slow = emulator.invoke([], headers: ["lambda-runtime-deadline-ms": deadline])
            // The handler, and the deadline.
            await time.untilSleeping(2)
            time.advance(by: .milliseconds(9_600))
            guard case .error("gepeto.function_deadline", _) = await slow else {
                Issue.record("answered")
                return
            }
            await cancelled.wait()
            // One that came too late is not begun.
            let past = "\((time.now + .milliseconds(400)).milliseconds)"
            guard
                case .error = await emulator.invoke(
                    Array("quick".utf8), headers: ["lambda-runtime-deadline-ms": past])
            else {
                Issue.record("answered")
                return
            }
            #expect(await emulator.invoke(Array("quick".utf8)) == .response("quick"))
        }
    }

    @Test func aRuntimeThatRefusesAgainAndAgainEndsTheFunction() async throws {
        let server = try ScriptedServer([
            .response(500), .response(403, "{}"), .response(200, headers: ["Lambda-Runtime-Aws-Request-Id: ../x"]),
            .response(200),
        ])
        let client = RuntimeClient(
            address: "127.0.0.1:\(server.port)", http: HTTPClient(log: .silent), patience: .seconds(300))
        let loop = RuntimeLoop(client, log: .silent) { _ in [] }
        await #expect(throws: RuntimeError.refused(operation: "next", status: 200)) { try await loop.run() }
        #expect(
            server.requests.map(\.line)
                == Array(repeating: "GET /2018-06-01/runtime/invocation/next HTTP/1.1", count: 4))
    }

    @Test func whatKeepsTheFunctionFromStartingIsTold() async throws {
        let emulator = try RuntimeEmulator()
        let client = try RuntimeClient(
            environment: ["AWS_LAMBDA_RUNTIME_API": emulator.address], http: HTTPClient(log: .silent),
            patience: .seconds(300))
        try await client.failToStart(RuntimeError.notInLambda)
        #expect(emulator.initErrors.count == 1)
        #expect(emulator.initErrors.first?.contains("gepeto.not_in_lambda") == true)
        #expect(throws: RuntimeError.notInLambda) {
            try RuntimeClient(environment: [:], http: HTTPClient(log: .silent))
        }
        await emulator.stop()
    }
}

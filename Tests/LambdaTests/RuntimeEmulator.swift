import Foundation
import Support
import WebServer

/// The Lambda Runtime API as a custom runtime sees it (2018-06-01), on a port of its own: hands out what `invoke` brings,
/// one after the other, and keeps what was answered.
final class RuntimeEmulator: Sendable {
    /// What came back.
    enum Outcome: Sendable, Equatable {
        case response(String)
        case error(type: String, body: String)
    }

    private struct State {
        var events: [(id: String, body: [UInt8], headers: HTTPFields)] = []
        var waiting: [String: CheckedContinuation<Outcome, Never>] = [:]
        var outcomes: [String: Outcome] = [:]
        var initErrors: [String] = []
        var nextID = 0
    }

    private let state = Locked(State())
    private let server: WebServer
    private let run: Task<Void, any Error>

    init() throws {
        let state = state
        var router = Router()
        let root = "/2018-06-01/runtime"
        router.on(.get, root + "/invocation/next") { _ in
            while true {
                try Task.checkCancellation()
                if let event = state.withLock({ $0.events.isEmpty ? nil : $0.events.removeFirst() }) {
                    var headers = event.headers
                    headers["lambda-runtime-aws-request-id"] = event.id
                    return HTTPResponse(status: 200, headers: headers, body: .bytes(event.body))
                }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        router.on(.post, root + "/invocation/{id}/response", bodyLimit: 8 << 20) { request in
            let body = try await request.body.collect(upTo: 8 << 20)
            Self.settle(request.pathParameters["id"] ?? "", .response(String(decoding: body, as: UTF8.self)), state)
            return HTTPResponse(status: 202)
        }
        router.on(.post, root + "/invocation/{id}/error") { request in
            let body = String(decoding: try await request.body.collect(upTo: 1 << 20), as: UTF8.self)
            let type = request.headers["lambda-runtime-function-error-type"] ?? ""
            Self.settle(request.pathParameters["id"] ?? "", .error(type: type, body: body), state)
            return HTTPResponse(status: 202)
        }
        router.on(.post, root + "/init/error") { request in
            let body = String(decoding: try await request.body.collect(upTo: 1 << 20), as: UTF8.self)
            state.withLock { $0.initErrors.append(body) }
            return HTTPResponse(status: 202)
        }
        let server = try WebServer(ServerConfiguration(host: "127.0.0.1", port: 0), router: router, log: .silent)
        self.server = server
        run = Task { try await server.run() }
    }

    var address: String { "127.0.0.1:\(server.port)" }
    var initErrors: [String] { state.withLock { $0.initErrors } }

    func stop() async {
        run.cancel()
        _ = await run.result
    }

    /// Has the function called, and returns what it says.
    /// - Parameter headers: beside the request's id.
    func invoke(_ event: [UInt8], headers: HTTPFields = [:]) async -> Outcome {
        let id = state.withLock { state in
            state.nextID += 1
            let id = "8476a536-e9f4-11e8-9739-\(state.nextID)"
            state.events.append((id, event, headers))
            return id
        }
        return await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> Outcome? in
                if let outcome = state.outcomes.removeValue(forKey: id) { return outcome }
                state.waiting[id] = continuation
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    private static func settle(_ id: String, _ outcome: Outcome, _ state: Locked<State>) {
        let waiting = state.withLock { state in
            let waiting = state.waiting.removeValue(forKey: id)
            if waiting == nil { state.outcomes[id] = outcome }
            return waiting
        }
        waiting?.resume(returning: outcome)
    }
}

import Support
import WebServer

/// Whether this process shall get requests: not while it drains, not while its store cannot be reached.
///
/// A `Service` that does nothing but end: started last it is ended first, and what follows sees that the process drains.
package final class Readiness: Service {
    /// Something that may be down without taking the process out of service.
    package typealias Check = (name: String, isWell: @Sendable () async -> Bool)

    package let name = "readiness"
    private let store: @Sendable () async throws -> Bool
    private let others: [Check]
    private let draining = Latch()
    /// When the streams end that are open while the process drains.
    package let farewell = Farewell()

    /// - Parameters:
    ///   - store: whether the store can be written to; while it cannot, what is there can still be read. Throws when it
    ///     cannot be reached.
    ///   - others: what may be down without taking the process out of service.
    package init(
        store: @escaping @Sendable () async throws -> Bool,
        others: [Check] = []
    ) {
        self.store = store
        self.others = others
    }

    package func run() async throws { await draining.wait() }

    package func shutDown() async { draining.open() }

    func response() async -> HTTPResponse {
        var checks: [String: String] = [:]
        for other in others { checks[other.name] = await other.isWell() ? "ok" : "degraded" }
        var isReady = !draining.isOpen
        do {
            checks["store"] = try await store() ? "ok" : "degraded"
        } catch {
            checks["store"] = "down"
            isReady = false
        }
        let status = draining.isOpen ? "draining" : isReady ? "ready" : "unavailable"
        var response = HTTPResponse.json(isReady ? 200 : 503, Body(status: status, checks: checks))
        if !isReady { response.headers["retry-after"] = "5" }
        return response
    }

    private struct Body: Encodable {
        let status: String
        let checks: [String: String]
    }
}

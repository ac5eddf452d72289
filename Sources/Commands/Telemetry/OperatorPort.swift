import Support
import WebServer

/// The port for those who run the server: `/metrics`, and nothing of the API. It listens for itself, so that the address
/// which a load balancer reaches never has it, and so that it still answers when the other port is full.
enum OperatorPort {
    /// nil when no port is configured.
    /// - Throws: `WebServerError` when the address cannot be had.
    static func server(_ configuration: Configuration, _ metrics: Metrics, log: Log) throws -> WebServer? {
        guard let port = configuration.text("GEPETO_METRICS_PORT").flatMap({ Int($0) }) else { return nil }
        var router = Router()
        router.on(.get, "/metrics") { _ in
            .text(await metrics.text(), type: MetricFamily.mediaType)
        }
        var settings = ServerConfiguration(
            host: configuration.text("GEPETO_METRICS_HOST") ?? "127.0.0.1", port: port, loops: 1)
        settings.limits.connections = 64
        // Whoever collects comes again in any case: a shutdown need not wait for their idle connections.
        settings.timeouts.lameDuck = .milliseconds(100)
        return try WebServer(settings, router: router, log: log)
    }
}

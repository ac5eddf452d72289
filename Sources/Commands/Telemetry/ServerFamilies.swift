import Support
import WebServer

extension ServiceMetrics {
    /// What the server does, beside the requests that the routes count themselves.
    func watch(_ server: WebServer) {
        registry.collect {
            let figures = server.figures
            return [
                .gauge(
                    "gepeto_connections_open", "Open connections, WebSockets included.", Double(figures.connectionsOpen)
                ),
                .gauge("gepeto_websockets_open", "Open WebSockets.", Double(figures.webSocketsOpen)),
                Self.counter(
                    "gepeto_connections_accepted_total", "Connections accepted.", figures.connectionsAccepted),
                Self.counter(
                    "gepeto_connections_refused_total", "Connections beyond GEPETO_MAX_CONNECTIONS, answered 503.",
                    figures.connectionsRefused),
                Self.counter(
                    "gepeto_websockets_dropped_total",
                    "WebSockets closed with 1013, because they were read too slowly.",
                    figures.slowReadersDropped),
            ]
        }
    }

    private static func counter(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
        MetricFamily(.counter, name, help, [MetricFamily.Sample(Double(value))])
    }
}

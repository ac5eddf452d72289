import ChatService
import Support

/// Frames for sockets at API Gateway.
enum SocketFrame {
    /// What one message to a socket may have (Amazon API Gateway quotas, "WebSocket API: message payload size").
    static let mostBytes = 128 << 10

    /// What is sent in the place of an event that is too large: where the client finds it.
    static func resync(_ event: LoggedEvent, at moment: Timestamp) -> String {
        var fields = JSONFields()
        fields.add("event", "resync")
        if let job = event.jobID { fields.add("jobId", job) }
        fields.add("replaces", event.kind.rawValue)
        fields.add("seq", event.seq)
        fields.add("timestamp", moment.seconds)
        if let job = event.jobID { fields.add("url", "/api/jobs/" + job) }
        return fields.text()
    }
}

extension EventFrame {
    /// The frame as the socket sends it. Deltas and plain states come by the thousand, so they are written by hand; the
    /// text is that of `JSONText`.
    package var text: String {
        var fields = JSONFields()
        switch event {
        case .messageDelta(let delta):
            fields.add("attempt", delta.attempt)
            fields.add("content", delta.content)
            fields.add("event", event.kind.rawValue)
            fields.add("index", delta.index)
            fields.add("jobId", delta.jobId)
            fields.add("seq", seq)
            fields.add("stream", delta.stream)
            fields.add("timestamp", timestamp)
        case .status(let status) where status.sources == nil:
            fields.add("attempt", status.attempt)
            if let conversation = status.conversationId { fields.add("conversationId", conversation) }
            fields.add("event", event.kind.rawValue)
            fields.add("jobId", status.jobId)
            fields.add("seq", seq)
            fields.add("state", status.state.rawValue)
            fields.add("timestamp", timestamp)
            if let trace = status.traceId { fields.add("traceId", trace) }
        default: return JSONText.encode(self)
        }
        return fields.text()
    }
}

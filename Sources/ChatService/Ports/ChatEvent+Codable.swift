extension ChatEvent: Codable {
    private enum CodingKeys: String, CodingKey { case event }

    /// One flat object: `event` beside the fields of the payload.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .event)
        switch self {
        case .connected(let payload): try payload.encode(to: encoder)
        case .status(let payload): try payload.encode(to: encoder)
        case .messageDelta(let payload): try payload.encode(to: encoder)
        case .messageCompleted(let payload): try payload.encode(to: encoder)
        case .error(let payload): try payload.encode(to: encoder)
        case .documentStatus(let payload): try payload.encode(to: encoder)
        }
    }

    package init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .event) {
        case .connected: self = .connected(try Connected(from: decoder))
        case .status: self = .status(try Status(from: decoder))
        case .messageDelta: self = .messageDelta(try Delta(from: decoder))
        case .messageCompleted: self = .messageCompleted(try Completed(from: decoder))
        case .error: self = .error(try Failed(from: decoder))
        case .documentStatus: self = .documentStatus(try DocumentStatus(from: decoder))
        }
    }
}

extension ChatEvent.Completed: Codable {
    private enum CodingKeys: String, CodingKey { case jobId, sessionId, conversationId, messageId, traceId }

    /// The answer's fields stand beside the ids.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobId, forKey: .jobId)
        try container.encode(sessionId, forKey: .sessionId)
        try container.encode(conversationId, forKey: .conversationId)
        try container.encode(messageId, forKey: .messageId)
        try container.encode(traceId, forKey: .traceId)
        try answer.encode(to: encoder)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        jobId = try container.decode(String.self, forKey: .jobId)
        sessionId = try container.decode(String.self, forKey: .sessionId)
        conversationId = try container.decode(String.self, forKey: .conversationId)
        messageId = try container.decode(String.self, forKey: .messageId)
        traceId = try container.decode(String.self, forKey: .traceId)
        answer = try Answer(from: decoder)
    }
}

/// An event with its number and time: what stands in one text frame.
package struct EventFrame: Sendable, Equatable, Codable {
    private enum CodingKeys: String, CodingKey { case seq, timestamp }

    package let event: ChatEvent
    package let seq: Int64
    /// Seconds since 1970.
    package let timestamp: Int64

    package init(event: ChatEvent, seq: Int64, timestamp: Int64) {
        self.event = event
        self.seq = seq
        self.timestamp = timestamp
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(seq, forKey: .seq)
        try container.encode(timestamp, forKey: .timestamp)
        try event.encode(to: encoder)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        seq = try container.decode(Int64.self, forKey: .seq)
        timestamp = try container.decode(Int64.self, forKey: .timestamp)
        event = try ChatEvent(from: decoder)
    }
}

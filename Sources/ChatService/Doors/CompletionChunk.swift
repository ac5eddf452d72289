import Support

/// A piece of a streamed answer, `chat.completion.chunk`, as one Server-Sent Event without a name.
struct CompletionChunk: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey { case id, object, created, model, choices, usage, gepeto }
    private enum ChoiceKeys: String, CodingKey {
        case index, delta, logprobs
        case finishReason = "finish_reason"
    }
    private enum DeltaKeys: String, CodingKey { case role, content, annotations }

    enum Part: Sendable {
        case role
        case content(String)
        /// The end, with what is known of the answer then.
        case end([CompletionAnnotation], CompletionExtension)
        case usage(CompletionUsage)
    }

    let head: CompletionHead
    let part: Part

    /// The line that ends a stream.
    static let done = Array("data: [DONE]\n\n".utf8)
    /// Keeps a silent stream open; clients pass over it.
    static let comment = Array(": still there\n\n".utf8)

    /// JSON has no line breaks: one `data` line is enough.
    var event: [UInt8] { Self.event(self) }

    static func event(_ value: some Encodable) -> [UInt8] {
        Array("data: ".utf8) + JSONText.bytes(value) + Array("\n\n".utf8)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(head.id, forKey: .id)
        try container.encode("chat.completion.chunk", forKey: .object)
        try container.encode(head.created, forKey: .created)
        try container.encode(head.model, forKey: .model)
        if case .usage(let usage) = part {
            // The last piece has no choice, the others no usage, but say so.
            _ = container.nestedUnkeyedContainer(forKey: .choices)
            return try container.encode(usage, forKey: .usage)
        }
        if head.includesUsage { try container.encodeNil(forKey: .usage) }
        var choices = container.nestedUnkeyedContainer(forKey: .choices)
        var choice = choices.nestedContainer(keyedBy: ChoiceKeys.self)
        try choice.encode(0, forKey: .index)
        try choice.encodeNil(forKey: .logprobs)
        var delta = choice.nestedContainer(keyedBy: DeltaKeys.self, forKey: .delta)
        switch part {
        case .role:
            try delta.encode("assistant", forKey: .role)
            try delta.encode("", forKey: .content)
            try choice.encodeNil(forKey: .finishReason)
        case .content(let text):
            try delta.encode(text, forKey: .content)
            try choice.encodeNil(forKey: .finishReason)
        case .end(let annotations, let own):
            if !annotations.isEmpty { try delta.encode(annotations, forKey: .annotations) }
            try choice.encode("stop", forKey: .finishReason)
            try container.encode(own, forKey: .gepeto)
        case .usage: break
        }
    }
}

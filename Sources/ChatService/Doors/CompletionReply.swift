import Support

/// An answer in the form of OpenAI's `chat.completion`; what has no place there stands in `gepeto`.
struct CompletionReply: Encodable, Sendable {
    struct Message: Encodable, Sendable {
        var role = "assistant"
        let content: String
        let annotations: [CompletionAnnotation]
        // Always null, but clients look for it.
        private enum CodingKeys: String, CodingKey { case role, content, refusal, annotations }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(role, forKey: .role)
            try container.encode(content, forKey: .content)
            try container.encodeNil(forKey: .refusal)
            try container.encode(annotations, forKey: .annotations)
        }
    }

    struct Choice: Encodable, Sendable {
        let message: Message
        private enum CodingKeys: String, CodingKey {
            case index, message, logprobs
            case finishReason = "finish_reason"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(0, forKey: .index)
            try container.encode(message, forKey: .message)
            try container.encodeNil(forKey: .logprobs)
            // Also of a refusal: the answer is whole.
            try container.encode("stop", forKey: .finishReason)
        }
    }

    let id: String
    var object = "chat.completion"
    /// Seconds since 1970.
    let created: Int64
    let model: String
    let choices: [Choice]
    let usage: CompletionUsage
    let gepeto: CompletionExtension

    init(_ completed: ChatEvent.Completed, _ head: CompletionHead) {
        (id, created, model) = (head.id, head.created, head.model)
        let annotations = CompletionAnnotation.all(in: completed.answer, base: head.base)
        choices = [Choice(message: Message(content: completed.answer.content, annotations: annotations))]
        usage = CompletionUsage(completed.answer.metadata)
        gepeto = CompletionExtension(completed, ignored: head.ignored)
    }
}

/// What all parts of one reply share.
struct CompletionHead: Sendable {
    let id: String
    let created: Int64
    let model: String
    /// The origin under which the client reaches the server: citations lead there.
    let base: String
    let ignored: [String]
    let includesUsage: Bool

    init(_ accepted: Accepted, _ request: CompletionRequest, base: String) {
        id = "chatcmpl-" + accepted.jobID
        created = accepted.acceptedAt.seconds
        model = request.model
        self.base = base
        ignored = request.ignored
        includesUsage = request.includesUsage
    }
}

/// Tokens that the answer took; 0 where no language model was asked.
struct CompletionUsage: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case prompt = "prompt_tokens"
        case completion = "completion_tokens"
        case total = "total_tokens"
    }

    let prompt: Int
    let completion: Int
    let total: Int

    init(_ metadata: AnswerMetadata) {
        (prompt, completion, total) = (metadata.tokensInput, metadata.tokensOutput, metadata.tokens)
    }
}

/// What the other routes say of an answer.
struct CompletionExtension: Encodable, Sendable {
    let jobId: String
    let conversationId: String
    let messageId: String
    let traceId: String
    let grounded: Bool
    let citations: [Citation]
    let claims: [AnswerClaim]
    let metadata: AnswerMetadata
    /// Parameters and messages of the request that were left aside.
    let ignored: [String]

    init(_ completed: ChatEvent.Completed, ignored: [String]) {
        (jobId, conversationId) = (completed.jobId, completed.conversationId)
        (messageId, traceId) = (completed.messageId, completed.traceId)
        (grounded, citations) = (completed.answer.grounded, completed.answer.citations)
        (claims, metadata) = (completed.answer.claims, completed.answer.metadata)
        self.ignored = ignored
    }
}

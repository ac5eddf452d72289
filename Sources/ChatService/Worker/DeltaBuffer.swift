/// Steps of an answer that wait to be sent: pieces of text that follow each other become one. A pure value.
struct DeltaBuffer {
    private var steps: [AnsweringStep] = []

    /// Keeps `step` until the next `take`; holds no more text than the answer itself.
    mutating func add(_ step: AnsweringStep) {
        switch step {
        case .delta(let stream, let text):
            if case .delta(stream, let before)? = steps.last {
                steps[steps.count - 1] = .delta(stream: stream, before + text)
            } else if !text.isEmpty {
                steps.append(step)
            }
        case .restarted(let stream):
            // The text of former streams is void: no need to send it.
            steps.removeAll { if case .delta(let old, _) = $0 { old < stream } else { false } }
            steps.append(step)
        case .retrieving, .generating:
            steps.append(step)
        }
    }

    mutating func take() -> [AnsweringStep] {
        defer { steps = [] }
        return steps
    }
}

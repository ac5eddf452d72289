import LLM

/// An answer while a model writes it: the text as it is shown, its markers, and the stream that carries it.
struct Draft: Sendable {
    private let unused: AnswerFilter
    private var filter: AnswerFilter
    /// The number of the stream that clients see.
    var stream: Int
    /// Whether the next text is the first of a stream that takes another one's place.
    var begins = false
    private(set) var content = ""
    private(set) var markers: [MarkerFilter.Marker] = []
    /// From the question to the first text.
    var firstToken: Duration?
    /// What was used so far, an earlier draft included.
    private(set) var usage: GenerationUsage?
    private(set) var isFinished = false
    /// Whether the rest was kept back because the model repeated what it was told.
    var isWithheld: Bool { filter.isWithheld }

    /// - Parameters:
    ///   - filter: as it is before the first text.
    ///   - stream: the last one that was shown, or that of this draft when it is the first.
    ///   - follows: whether an earlier draft was shown, which the first text of this one makes void.
    ///   - usage: of the earlier draft.
    init(_ filter: AnswerFilter, stream: Int = 1, follows: Bool = false, usage: GenerationUsage? = nil) {
        unused = filter
        self.filter = filter
        self.stream = stream
        self.usage = usage
        isFollowing = follows
    }

    private var isFollowing: Bool

    /// The part of a model's piece that is shown now; nil for nothing.
    mutating func feed(_ piece: String) -> String? { shown(filter.feed(piece)) }

    /// What the filter held back, when the model has said all.
    mutating func feedRest() -> String? {
        let rest = shown(filter.finish())
        markers = filter.markers
        return rest
    }

    private mutating func shown(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        if isFollowing {
            isFollowing = false
            stream += 1
            begins = true
        }
        content += text
        return text
    }

    /// Another model begins anew.
    mutating func restart() {
        stream += 1
        isFollowing = false
        begins = false
        content = ""
        filter = unused
    }

    mutating func finish(_ final: GenerationUsage) {
        isFinished = true
        guard var sum = usage else {
            usage = final
            return
        }
        sum.provider = final.provider
        sum.model = final.model
        sum.inputTokens += final.inputTokens
        sum.outputTokens += final.outputTokens
        sum.costUSD = sum.costUSD.flatMap { earlier in final.costUSD.map { earlier + $0 } }
        sum.truncated = final.truncated
        usage = sum
    }

    /// Puts another text in place of this one, in a stream of its own.
    mutating func replace(_ text: String, or other: String) {
        restart()
        content = filter.feed(text.isEmpty ? other : text) + filter.finish()
        markers = filter.markers
    }
}

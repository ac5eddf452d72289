/// Text to the ids that a model was trained on.
protocol TextTokenizer: Sendable {
    /// What stands before and after the ids of every text.
    var frame: TokenFrame { get }

    /// Appends the ids of the first `limit` tokens of `text`, the frame left out.
    func append(_ text: String, limit: Int, to ids: inout [Int32])
}

extension TextTokenizer {
    /// Tokens in `text`, the frame not counted.
    func count(_ text: String) -> Int {
        var ids: [Int32] = []
        append(text, limit: .max, to: &ids)
        return ids.count
    }
}

/// The special tokens around a text.
struct TokenFrame: Sendable, Equatable {
    let start: [Int32]
    let end: [Int32]

    var count: Int { start.count + end.count }
}

/// What a client has been sent of an answer. Ours may begin anew (another attempt, another model, a sentence that had to
/// go), and the client cannot take text back: what still agrees is not sent again, and what does not follows below a rule.
struct CompletionText: Sendable {
    /// Between text that was given up and the answer.
    static let rule = "\n\n———\n\n"

    /// Of the present text, as it stands at the client.
    private var sent = ""
    /// Of the present stream; longer than `sent` never, shorter while it repeats what was sent.
    private var text = ""
    private var place = (attempt: 0, stream: 0)
    /// Characters (Unicode scalars) that stand before the present text at the client.
    private(set) var before = 0

    /// - Returns: what to send now.
    mutating func take(_ delta: ChatEvent.Delta) -> String {
        let place = (delta.attempt, delta.stream)
        if place > self.place {
            self.place = place
            text = ""
        }
        guard place == self.place else { return "" }
        text += delta.content
        return catchUp()
    }

    /// - Parameter content: the whole answer.
    /// - Returns: what is missing of it.
    mutating func finish(_ content: String) -> String {
        text = content
        return sent.utf8.count > content.utf8.count && sent.utf8.starts(with: content.utf8) ? beginAnew() : catchUp()
    }

    private mutating func catchUp() -> String {
        if sent.utf8.starts(with: text.utf8) { return "" }
        guard text.utf8.starts(with: sent.utf8) else { return beginAnew() }
        let piece = String(Substring(text.utf8.dropFirst(sent.utf8.count)))
        sent = text
        return piece
    }

    private mutating func beginAnew() -> String {
        before += (sent + Self.rule).unicodeScalars.count
        sent = text
        return Self.rule + text
    }
}

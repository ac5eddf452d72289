import Extraction

/// What stands before a chunk's text in its vector: the document's title and the section's headings.
///
/// It takes at most a quarter of the window, so that no title can push the text out of its own vector; the headings
/// nearest to the text come first when there is not room for all.
struct ContextPrefix {
    let text: String
    let tokenCount: Int
    /// The headings that are in it whole, and so need not be said again.
    private let covered: Set<String>

    init(title: String, path: [String], window: Int, tokenCount count: (String) -> Int) {
        let budget = window / 4
        let shortTitle = Self.shortened(title, to: budget / 2, count)
        var left = budget - count(shortTitle)
        var headings: [String] = []
        var covered: Set<String> = shortTitle == title ? [title] : []
        for heading in path.reversed() where !covered.contains(heading) {
            let fitting = Self.shortened(heading, to: left, count)
            guard !fitting.isEmpty else { break }
            headings.insert(fitting, at: 0)
            left -= count(fitting)
            guard fitting == heading else { break }
            covered.insert(heading)
        }
        text = ([shortTitle] + headings).filter { !$0.isEmpty }.map { $0 + "\n" }.joined()
        tokenCount = count(text)
        self.covered = covered
    }

    func covers(_ heading: String) -> Bool { covered.contains(heading) }

    /// The first words of `text`, at most `limit` tokens.
    private static func shortened(_ text: String, to limit: Int, _ count: (String) -> Int) -> String {
        // A token is at least one byte; what is far longer than the limit need not be counted whole.
        let nearby = TextCleaner.shortened(text, to: max(limit, 1) * 32)
        if nearby == text, count(text) <= limit { return text }
        var short = ""
        var left = limit
        for word in nearby.split(separator: " ") {
            left -= count(String(word))
            guard left >= 0 else { break }
            short += short.isEmpty ? String(word) : " " + word
        }
        return short
    }
}

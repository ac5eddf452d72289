import CourseStore
import Support

/// The text of chunks that follow each other, what two of them share only once, and where its parts stand.
struct PassageText {
    private(set) var text = ""
    private(set) var locations: [TextLocation] = []

    init(_ chunks: [Chunk]) {
        var before: Chunk?
        for chunk in chunks {
            let shared = before.map { Self.overlap($0, chunk) } ?? 0
            if before != nil, shared == 0 { text += "\n\n" }
            // What is shared has its locations from the chunk before.
            let start = text.utf8.count - shared
            for location in chunk.locations.covering(shared..<chunk.text.utf8.count) {
                locations.add(location.moved(to: start + max(location.offset, shared)))
            }
            text += String(decoding: Array(chunk.text.utf8.dropFirst(shared)), as: UTF8.self)
            before = chunk
        }
    }

    /// How many bytes at the end of `before` are the first bytes of `after`: by the offsets when the texts confirm them,
    /// else the longest that fits within the offsets' overlap and a little more.
    private static func overlap(_ before: Chunk, _ after: Chunk) -> Int {
        let expected = before.offset.upperBound - after.offset.lowerBound
        guard expected > 0 else { return 0 }
        let (left, right) = (Array(before.text.utf8), Array(after.text.utf8))
        let most = min(left.count, right.count)
        func agrees(_ count: Int) -> Bool {
            // Never within a character: what is left must begin a scalar.
            let isBoundary = count == right.count || right[count] & 0xc0 != 0x80
            return isBoundary && left.suffix(count).elementsEqual(right.prefix(count))
        }
        if expected <= most, agrees(expected) { return expected }
        // Texts trimmed at their ends share a little less than the offsets say.
        return stride(from: min(most, expected), to: 0, by: -1).first(where: agrees) ?? 0
    }
}

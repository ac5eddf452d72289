import Support

/// A sentence of an answer with the numbers it cites.
struct AnswerSentence: Sendable {
    /// UTF-8 bytes of the answer, its markers included.
    var range: Range<Int>
    /// Without markers and without the number of a list's item, at most `longest` bytes of it.
    let text: String
    /// In their order, each once.
    var markers: [Int] = []
    /// Whether the check looks at it; beyond a number of sentences for one marker it does not.
    var isChecked = true

    /// The bytes of a sentence that are looked at, the sentences for one marker, and those of an answer: more than any
    /// answer has that is worth reading.
    private static let longest = 2_000
    private static let perMarker = 16
    private static let limit = 400

    /// The sentences of an answer, each with the markers that stand in it or alone on the line after it.
    static func sentences(of content: String, markers: [MarkerFilter.Marker]) -> [AnswerSentence] {
        let bytes = Array(content.utf8)
        var sentences: [AnswerSentence] = []
        var counts: [Int: Int] = [:]
        let ranges = ranges(of: bytes, content, markers[...])
        var markers = markers[...]
        for range in ranges.prefix(limit) {
            let text = withoutMarkers(String(decoding: bytes[range].prefix(longest), as: UTF8.self))
            let isOnlyMarkers = Words.folded(text, limit: 1).isEmpty && !sentences.isEmpty
            if !isOnlyMarkers { sentences.append(AnswerSentence(range: range, text: text)) }
            let last = sentences.count - 1
            while let marker = markers.first, marker.offset < range.upperBound {
                markers.removeFirst()
                if isOnlyMarkers {
                    sentences[last].range = sentences[last].range.lowerBound..<range.upperBound
                }
                guard !sentences[last].markers.contains(marker.number) else { continue }
                counts[marker.number, default: 0] += 1
                if counts[marker.number, default: 0] <= perMarker {
                    sentences[last].markers.append(marker.number)
                } else if sentences[last].markers.isEmpty {
                    sentences[last].isChecked = false
                }
            }
        }
        return sentences
    }

    /// Where the answer's sentences stand. A marker behind a full stop ends one, also where the splitter takes the full stop
    /// for an abbreviation's (`… of Art. [1] After …`).
    private static func ranges(
        of bytes: [UInt8], _ content: String, _ markers: ArraySlice<MarkerFilter.Marker>
    ) -> [Range<Int>] {
        var ends: [Int] = []
        for marker in markers {
            let end = marker.offset + "[\(marker.number)]".utf8.count
            var before = marker.offset
            while before > 0, bytes[before - 1] == UInt8(ascii: " ") { before -= 1 }
            if before == ends.last {
                ends[ends.count - 1] = end
            } else if before > 0, [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(bytes[before - 1])
            {
                ends.append(end)
            }
        }
        var open = ends[...]
        return SentenceSplitter.byteRanges(in: content).flatMap { range in
            var parts: [Range<Int>] = []
            var start = range.lowerBound
            while let end = open.first, end <= range.upperBound {
                open.removeFirst()
                var next = end
                while next < range.upperBound, bytes[next] == UInt8(ascii: " ") { next += 1 }
                guard next < range.upperBound, end > start else { continue }
                parts.append(start..<end)
                start = next
            }
            return parts + [start..<range.upperBound]
        }
    }

    /// Whether it states something and cites nothing for it.
    var isUncited: Bool { markers.isEmpty && isChecked && CheckedClaim.states(text) }

    /// The sentence by itself: the number of a list's item is none of its claims either.
    static func withoutMarkers(_ sentence: String) -> String {
        sentence.replacing(/\s*\[\d+\]/, with: "").replacing(/^\s*\d{1,3}[.)]\s+/, with: "")
    }
}

/// Joins the places of chunks that follow each other: `Notas!A2:F9` and `Notas!A10:F20` are `Notas!A2:F20`.
enum PlaceRange {
    /// A place taken apart: `Notas!A2:F9` is `A2` to `F9` on the sheet `Notas!`, `00:01:23–00:02:10` has no sheet.
    private struct Parts {
        let sheet: Substring
        let first: Substring
        let last: Substring
        let separator: Character

        init(_ place: String) {
            if let dash = place.firstIndex(of: "–") {
                (sheet, first, last, separator) = ("", place[..<dash], place[place.index(after: dash)...], "–")
                return
            }
            let cells = place.lastIndex(of: "!").map { place.index(after: $0) } ?? place.startIndex
            let range = place[cells...]
            // `00:01:23` is one moment, `A2:F9` two cells.
            let halves = range.split(separator: ":", omittingEmptySubsequences: false)
            if halves.count == 2, halves.allSatisfy({ $0.first?.isLetter == true }) {
                (sheet, first, last, separator) = (place[..<cells], halves[0], halves[1], ":")
            } else if range.first?.isLetter == true {
                (sheet, first, last, separator) = (place[..<cells], range, range, ":")
            } else {
                (sheet, first, last, separator) = ("", place[...], place[...], "–")
            }
        }
    }

    /// - Parameter places: in the order of the text.
    /// - Returns: nil when there is none; on different sheets, one range a sheet.
    static func joined(_ places: [String]) -> String? {
        var ranges: [(sheet: Substring, first: Substring, last: Substring, separator: Character)] = []
        for place in places {
            let parts = Parts(place)
            if let open = ranges.last, open.sheet == parts.sheet, open.separator == parts.separator {
                ranges[ranges.count - 1].last = parts.last
            } else {
                ranges.append((parts.sheet, parts.first, parts.last, parts.separator))
            }
        }
        guard !ranges.isEmpty else { return nil }
        return ranges.map { range in
            range.first == range.last
                ? "\(range.sheet)\(range.first)" : "\(range.sheet)\(range.first)\(range.separator)\(range.last)"
        }.joined(separator: ", ")
    }
}

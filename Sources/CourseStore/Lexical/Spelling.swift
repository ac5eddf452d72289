import SQLite

/// Finds the term of a course that a word in none of its texts may have been meant to be.
///
/// The first letter must be right. Terms that share the first three letters are compared by edit distance (one edit; two
/// from eight letters on; neighbours that changed places are one edit); when there is none, what one edit at the second or
/// third letter makes of the word is looked for. A term that the word begins with counts when little follows: a wrong
/// ending keeps the stemmer from its work.
enum Spelling {
    /// The shortest word that is taken for another one.
    static let shortest = 5
    private static let shortestStem = 4
    /// The most words of one question that are looked for.
    static let wordLimit = 4
    private static let longEnoughForTwo = 8
    /// The most terms that are compared.
    private static let scanLimit = 2_000
    private static let longestEnding = 4

    /// - Parameters:
    ///   - word: a stem of ASCII letters that is no term.
    ///   - key: makes the tables' name of a term.
    ///   - counts: whether a term, by that name, may be meant: one that only documents hold that are left out may not.
    /// - Returns: the likeliest term; nil when there is none.
    static func correction(
        of word: String, key: (String) -> String, in connection: Connection,
        counts: (String) throws -> Bool = { _ in true }
    ) throws -> String? {
        let letters = Array(word.utf8)
        guard letters.count >= shortestStem, letters.allSatisfy({ (0x61...0x7a).contains($0) }) else { return nil }
        let limit = letters.count >= longEnoughForTwo ? 2 : 1
        var best: (term: String, distance: Int)?
        let prefix = key(String(word.prefix(3)))
        let skipped = key("").utf8.count
        try connection.forEach(
            """
            SELECT text FROM term WHERE text >= ?1 AND text < ?2
            UNION ALL SELECT term FROM recent_segment CROSS JOIN recent ON segment = id AND term >= ?1 AND term < ?2
            LIMIT ?3
            """, [SQLValue(prefix), SQLValue(prefix + "\u{10ffff}"), SQLValue(scanLimit)]
        ) { row in
            let term = row.text(0)
            let candidate = Array(term.utf8.dropFirst(skipped))
            let distance = distance(letters, candidate, limit: limit) ?? ending(letters, candidate)
            if let distance, best.map({ (distance, term) < ($0.distance, $0.term) }) ?? true, try counts(term) {
                best = (term, distance)
            }
            return true
        }
        if let best { return best.term }
        for variant in variants(of: letters) {
            let term = key(String(decoding: variant, as: UTF8.self))
            let isThere = try connection.row(
                """
                SELECT 1 FROM term WHERE text = ?1
                UNION ALL SELECT 1 FROM recent_segment CROSS JOIN recent ON segment = id AND term = ?1 LIMIT 1
                """, [SQLValue(term)], { _ in true })
            if isThere != nil, try counts(term) { return term }
        }
        return nil
    }

    /// Edits that make one word the other (optimal string alignment); nil when they are more than `limit`.
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = last
        for row in 1...max(1, left.count) where row <= left.count {
            current[0] = row
            for column in 1...max(1, right.count) where column <= right.count {
                let isSame = left[row - 1] == right[column - 1]
                current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    current[column] = min(current[column], beforeLast[column - 2] + 1)
                }
            }
            guard current.contains(where: { $0 <= limit }) else { return nil }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count] <= limit ? last[right.count] : nil
    }

    /// More than any distance, and the more the more letters follow; nil when the word does not begin with the term.
    private static func ending(_ word: [UInt8], _ term: [UInt8]) -> Int? {
        let rest = word.count - term.count
        return term.count > shortestStem && rest <= longestEnding && word.starts(with: term) ? 2 + rest : nil
    }

    /// What one edit at the second or third letter makes of a word.
    private static func variants(of word: [UInt8]) -> [[UInt8]] {
        var variants: [[UInt8]] = []
        for place in 1...2 {
            var swapped = word
            swapped.swapAt(place, place + 1)
            var shorter = word
            shorter.remove(at: place)
            variants += [swapped, shorter]
            for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
                var replaced = word
                replaced[place] = letter
                variants += [replaced, Array(word[..<place]) + [letter] + word[place...]]
            }
        }
        return variants
    }
}

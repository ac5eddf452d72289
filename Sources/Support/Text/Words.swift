/// The words of a text as they are compared everywhere: lower case, without diacritics, letters and digits only.
package enum Words {
    /// Folded words in order; `limit` bounds the work on long texts.
    package static func folded(_ text: String, limit: Int = 10_000) -> [String] {
        var words: [String] = []
        var word = ""
        func close() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                switch scalar {
                case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
                case "A"..."Z": word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) | 32))
                default:
                    close()
                    if words.count >= limit { return words }
                }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    word.unicodeScalars.append(unaccented[lower] ?? lower)
                }
            } else if scalar.properties.canonicalCombiningClass == .notReordered {
                close()
                if words.count >= limit { return words }
            }
        }
        close()
        return words
    }

    /// Precomposed Latin letters without their marks; combining marks are dropped by their class.
    static let unaccented: [Unicode.Scalar: Unicode.Scalar] = {
        let letters: [(Unicode.Scalar, String)] = [
            ("a", "àáâãäåāăąǎ"), ("c", "çćĉċč"), ("d", "ďđ"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"),
            ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"), ("o", "òóôõöøōŏőǒ"),
            ("r", "ŕŗř"),
            ("s", "śŝşšș"), ("t", "ţťŧț"), ("u", "ùúûüũūŭůűųǔ"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
        ]
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (base, accented) in letters {
            for letter in accented.unicodeScalars { table[letter] = base }
        }
        return table
    }()

    /// Folded words that carry meaning: no stop words of either language.
    package static func content(_ text: String, limit: Int = 10_000) -> [String] {
        folded(text, limit: limit).filter { !StopWords.all.contains($0) }
    }
}

import Support

extension ClaimText {
    /// Gives numbers their values: digits with their separators, number words, months; and their units.
    static func readNumbers(_ tokens: inout [ClaimToken], _ source: [UInt8]) {
        var index = 0
        while index < tokens.count {
            if let (value, length) = digits(at: index, tokens, source) ?? inWords(at: index, tokens) {
                merge(&tokens, index, length, value)
            } else if let month = NumberWords.month(tokens[index].text, isCapital: tokens[index].isCapital) {
                tokens[index].value = "month \(month)"
                tokens[index].isName = false
            }
            index += 1
        }
        for index in tokens.indices where tokens[index].value != nil {
            tokens[index].unit = UnitNames.unit(of: index, tokens, source)
        }
        readPercent(&tokens)
    }

    /// `30 percent`, `30 per cent` and `30 por cento` are `30%`: the words go, the unit stays.
    private static func readPercent(_ tokens: inout [ClaimToken]) {
        var index = 0
        while index < tokens.count {
            defer { index += 1 }
            guard tokens[index].value != nil, index + 1 < tokens.count else { continue }
            var last = index
            if tokens[index + 1].text == "percent" { last = index + 1 }
            if index + 2 < tokens.count,
                ["per cent", "por cento"].contains("\(tokens[index + 1].text) \(tokens[index + 2].text)")
            {
                last = index + 2
            }
            guard last > index else { continue }
            tokens[index].unit = UnitNames.percent
            tokens.removeSubrange(index + 1...last)
        }
    }

    private static func merge(_ tokens: inout [ClaimToken], _ index: Int, _ length: Int, _ value: String) {
        let last = index + length - 1
        tokens[index].bytes = tokens[index].bytes.lowerBound..<tokens[last].bytes.upperBound
        tokens[index].value = value
        tokens[index].isStop = false
        tokens[index].isName = false
        tokens.removeSubrange(index + 1..<last + 1)
    }

    private static func gap(_ index: Int, _ tokens: [ClaimToken], _ source: [UInt8]) -> String {
        guard index + 1 < tokens.count else { return "" }
        return String(
            decoding: source[tokens[index].bytes.upperBound..<tokens[index + 1].bytes.lowerBound], as: UTF8.self)
    }

    /// `1,500`, `1.500` and `1 500` are 1500; `6,1` is 6.1; `10th` and `10º` are 10; `14h30` is 14:30.
    private static func digits(
        at index: Int, _ tokens: [ClaimToken], _ source: [UInt8]
    ) -> (value: String, length: Int)? {
        let text = tokens[index].text
        let head = text.prefix { $0.isASCII && $0.isNumber }
        guard !head.isEmpty else {
            // `d54`, `n2` (for n²): written with letters and digits, compared as they are.
            return text.contains(where: \.isNumber) ? (text, 1) : nil
        }
        let tail = text.dropFirst(head.count)
        if !tail.isEmpty {
            if NumberWords.ordinalEndings.contains(String(tail)) || UnitNames.isUnit(String(tail)) {
                return (trimmed(head), 1)
            }
            if tail.first == "h", tail.dropFirst().allSatisfy(\.isNumber) {
                return (clock(head, tail.dropFirst()), 1)
            }
            return (text, 1)
        }
        var value = String(head)
        var length = 1
        func next() -> Substring? {
            guard index + length < tokens.count else { return nil }
            let word = tokens[index + length].text
            return word.allSatisfy { $0.isASCII && $0.isNumber } ? word[...] : nil
        }
        while let group = next(), group.count == 3, value.count <= 3 || length > 1, value.first != "0",
            [",", ".", " ", "\u{a0}", "\u{202f}", "\u{2009}"].contains(gap(index + length - 1, tokens, source))
        {
            value += group
            length += 1
        }
        if let part = next(), length == 1 || part.count != 3 {
            let mark = gap(index + length - 1, tokens, source)
            if mark == "," || mark == "." { return ("\(trimmed(value[...])).\(part)", length + 1) }
            if mark == ":", length == 1, part.count == 2 { return (clock(value[...], part), 2) }
        }
        return (trimmed(value[...]), length)
    }

    /// `14:30`; a full hour is its number alone, as in `14h`.
    private static func clock(_ hour: Substring, _ minutes: Substring) -> String {
        minutes.allSatisfy { $0 == "0" } ? trimmed(hour) : "\(trimmed(hour)):\(minutes)"
    }

    private static func trimmed(_ digits: Substring) -> String {
        let rest = digits.drop { $0 == "0" }
        return rest.isEmpty ? "0" : String(rest)
    }

    /// `two`, `twenty-five`, `vinte e cinco`, `third`.
    private static func inWords(at index: Int, _ tokens: [ClaimToken]) -> (value: String, length: Int)? {
        guard let value = NumberWords.value(of: tokens[index].text) else { return nil }
        guard value >= 20, value % 10 == 0, value < 100 else { return (String(value), 1) }
        var next = index + 1
        if next < tokens.count, tokens[next].text == "e" { next += 1 }
        if next < tokens.count, !tokens[next].followsPause, let unit = NumberWords.value(of: tokens[next].text),
            unit < 10
        {
            return (String(value + unit), next - index + 1)
        }
        return (String(value), 1)
    }
}

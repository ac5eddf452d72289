/// The numbers and bullets of a Word document (ECMA-376-1, 17.9), counted as Word counts them.
struct WordNumbering {
    /// What stands before a list item or a heading.
    struct Label {
        /// `-`, `3.`, `2.1.1`, `(a)`; empty for an item without a number.
        let text: String
        /// From 0.
        let level: Int
        let isBullet: Bool
    }

    private struct Level {
        var start = 1
        var format = "decimal"
        var text = ""
        var isLegal = false
        /// The level (from 1) whose items begin this one's count again; 0 for none.
        var restart: Int?
        var style: String?
    }

    private struct Number {
        let abstract: String
        var starts: [Int: Int] = [:]
        var levels: [Int: Level] = [:]
    }

    private var abstracts: [String: [Int: Level]] = [:]
    private var numbers: [String: Number] = [:]
    /// By abstract numbering: all numberings made of one count together.
    private var counters: [String: [Int?]] = [:]
    private var begun: Set<String> = []

    private static let levelCount = 9
    private static let labelLimit = 40

    /// - Parameter root: of the numbering part; nil when there is none.
    init(_ root: XMLElement?) {
        guard let root else { return }
        var links: [String: String] = [:]
        var owners: [String: String] = [:]
        for element in root.elements(named: "abstractNum") {
            guard let id = element["abstractNumId"] else { continue }
            abstracts[id] = Self.levels(element)
            if let style = element.first(named: "numStyleLink")?["val"] { links[id] = style }
            if let style = element.first(named: "styleLink")?["val"] { owners[style] = id }
        }
        for (id, style) in links {
            if let owner = owners[style], owner != id { abstracts[id] = abstracts[owner] }
        }
        for element in root.elements(named: "num") {
            guard let id = element["numId"], let abstract = element.first(named: "abstractNumId")?["val"] else {
                continue
            }
            var number = Number(abstract: abstract)
            for override in element.elements(named: "lvlOverride") {
                guard let level = override["ilvl"].flatMap({ Int($0) }) else { continue }
                number.starts[level] = override.first(named: "startOverride").map { Self.count($0["val"]) }
                if let definition = override.first(named: "lvl") { number.levels[level] = Self.level(definition) }
            }
            numbers[id] = number
        }
    }

    /// Counts one more item.
    /// - Parameters:
    ///   - level: nil when only the paragraph's style says that it is numbered.
    ///   - style: the paragraph's style, which tells the level then.
    /// - Returns: nil when there is no such numbering.
    mutating func next(_ id: String, level: Int?, style: String?) -> Label? {
        guard id != "0", let number = numbers[id], let abstract = abstracts[number.abstract] else { return nil }
        let byStyle = level == nil ? style.flatMap { style in abstract.first { $0.value.style == style }?.key } : nil
        let at = min(max(level ?? byStyle ?? 0, 0), Self.levelCount - 1)
        func definition(_ level: Int) -> Level { number.levels[level] ?? abstract[level] ?? Level() }

        var counts = counters[number.abstract] ?? [Int?](repeating: nil, count: Self.levelCount)
        let isFirst = begun.insert("\(id)/\(at)").inserted
        if isFirst, let start = number.starts[at] {
            counts[at] = start
        } else {
            counts[at] = counts[at].map { $0 + 1 } ?? definition(at).start
        }
        for upper in 0..<at where counts[upper] == nil { counts[upper] = definition(upper).start }
        for lower in (at + 1)..<max(Self.levelCount, at + 1) {
            // By default an item begins the count of all deeper levels again.
            if let restart = definition(lower).restart, at + 1 > restart { continue }
            counts[lower] = nil
        }
        counters[number.abstract] = counts
        return label(definition(at), level: at, counts: counts, formats: (0...at).map { definition($0).format })
    }

    private func label(_ definition: Level, level: Int, counts: [Int?], formats: [String]) -> Label {
        if definition.format == "bullet" { return Label(text: "-", level: level, isBullet: true) }
        if definition.format == "none" { return Label(text: "", level: level, isBullet: false) }
        var text = ""
        var rest = definition.text[...]
        while let character = rest.popFirst() {
            if character == "%", let digit = rest.first?.wholeNumberValue, (1...level + 1).contains(digit) {
                rest.removeFirst()
                let format = definition.isLegal ? "decimal" : formats[digit - 1]
                text += Self.number(counts[digit - 1] ?? 1, format)
            } else {
                text.append(character)
            }
            if text.utf8.count > Self.labelLimit { break }
        }
        return Label(text: TextCleaner.collapsingWhiteSpace(text), level: level, isBullet: false)
    }

    // MARK: Definitions

    private static func levels(_ element: XMLElement) -> [Int: Level] {
        var levels: [Int: Level] = [:]
        for element in element.elements(named: "lvl") {
            guard let number = element["ilvl"].flatMap({ Int($0) }), (0..<levelCount).contains(number) else { continue }
            levels[number] = level(element)
        }
        return levels
    }

    private static func level(_ element: XMLElement) -> Level {
        Level(
            start: element.first(named: "start").map { count($0["val"]) } ?? 1,
            format: element.first(named: "numFmt")?["val"] ?? "decimal",
            text: String((element.first(named: "lvlText")?["val"] ?? "").prefix(labelLimit)),
            isLegal: element.first(named: "isLgl").map { WordValue.isOn($0["val"]) } ?? false,
            restart: element.first(named: "lvlRestart")?["val"].flatMap { Int($0) },
            style: element.first(named: "pStyle")?["val"])
    }

    private static func count(_ value: String?) -> Int { min(max(value.flatMap { Int($0) } ?? 1, 0), 1_000_000) }

    // MARK: Numbers

    static func number(_ number: Int, _ format: String) -> String {
        switch format {
        case "lowerLetter": return letters(number)
        case "upperLetter": return letters(number).uppercased()
        case "lowerRoman": return roman(number).lowercased()
        case "upperRoman": return roman(number)
        case "decimalZero": return number < 10 ? "0\(number)" : "\(number)"
        case "ordinal": return "\(number)."
        default: return "\(number)"
        }
    }

    /// a to z, then aa, bb: Word repeats the letter.
    private static func letters(_ number: Int) -> String {
        guard (1...260).contains(number), let scalar = Unicode.Scalar(UInt32(0x61 + (number - 1) % 26)) else {
            return "\(number)"
        }
        return String(repeating: Character(scalar), count: (number - 1) / 26 + 1)
    }

    private static func roman(_ number: Int) -> String {
        guard (1...3999).contains(number) else { return "\(number)" }
        var (rest, text) = (number, "")
        for (value, letters) in [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
            (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ] {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }
}

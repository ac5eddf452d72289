/// The styles of an OpenDocument file (ODF 1.3, part 3, 16 and 17), as far as they say something of structure.
struct OpenDocumentStyles {
    struct Style {
        var parent: String?
        var outlineLevel: Int?
        var listStyle: String?
        var isHidden: Bool?
        var isMonospaced: Bool?
        var isRaised = false
        var font: String?
    }

    /// A level of a list or of the headings' numbers.
    struct Level {
        var isBullet = false
        /// As Word calls it; nil for no number.
        var format: String?
        var prefix = ""
        var suffix = ""
        /// How many levels' numbers are shown: `2.1.3` shows three.
        var shown = 1
        var start = 1
    }

    private var styles: [String: Style] = [:]
    private var lists: [String: [Int: Level]] = [:]
    private var hiddenTables: Set<String> = []
    /// Families by the names that the file gives them: `Symbol1` is Symbol.
    private var fonts: [String: String] = [:]
    /// By level, from 1.
    private(set) var outline: [Int: Level] = [:]
    private(set) var language = ""

    private static let chainLimit = 24

    /// The elements of a file that `add` takes in.
    static func isPart(_ name: String) -> Bool { ["font-face-decls", "styles", "automatic-styles"].contains(name) }

    /// Takes in `office:styles`, `office:automatic-styles` or `office:font-face-decls`.
    mutating func add(_ root: XMLElement) {
        for element in root.elements {
            switch element.name {
            case "style":
                guard let name = element["name"] else { continue }
                styles[name] = Self.style(element)
                // Sheets and slides are looked up by name, too.
                if element.first(named: "table-properties")?["display"] == "false" { hiddenTables.insert(name) }
            case "font-face":
                if let name = element["name"], let family = element["font-family"] {
                    fonts[name] = family.filter { $0 != "'" && $0 != "\"" }
                }
            case "list-style": if let name = element["name"] { lists[name] = Self.levels(element) }
            case "outline-style": outline = Self.levels(element)
            case "default-style" where element["family"] == "paragraph":
                let text = element.first(named: "text-properties")
                if let code = text?["language"], code != "none", code != "zxx" { language = code }
            default: break
            }
        }
    }

    func isHiddenTable(_ name: String?) -> Bool { name.map { hiddenTables.contains($0) } ?? false }

    private static func style(_ element: XMLElement) -> Style {
        let text = element.first(named: "text-properties")
        let font = text.flatMap { $0["font-name"] ?? $0["font-family"] }
        return Style(
            parent: element["parent-style-name"], outlineLevel: element["default-outline-level"].flatMap { Int($0) },
            listStyle: element["list-style-name"], isHidden: text?["display"].map { $0 == "none" },
            isMonospaced: font.map { WordValue.isMonospaced($0) },
            isRaised: text?["text-position"].map { $0.hasPrefix("super") || (Int($0.prefix { $0 != "%" }) ?? 0) > 0 }
                ?? false,
            font: font)
    }

    private static func levels(_ element: XMLElement) -> [Int: Level] {
        var levels: [Int: Level] = [:]
        for element in element.elements {
            guard let number = element["level"].flatMap({ Int($0) }), (1...10).contains(number) else { continue }
            let formats = [
                "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
            ]
            levels[number] = Level(
                isBullet: element.name != "list-level-style-number" && element.name != "outline-level-style",
                format: element["num-format"].flatMap { formats[$0] },
                prefix: String((element["num-prefix"] ?? "").prefix(10)),
                suffix: String((element["num-suffix"] ?? "").prefix(10)),
                shown: min(max(element["display-levels"].flatMap { Int($0) } ?? 1, 1), 10),
                start: min(max(element["start-value"].flatMap { Int($0) } ?? 1, 0), 1_000_000))
        }
        return levels
    }

    // MARK: Questions

    /// The style and those it is based on, the nearest first.
    private func chain(_ name: String?) -> [(name: String, style: Style)] {
        var chain: [(name: String, style: Style)] = []
        var next = name
        while let name = next, let style = styles[name], chain.count < Self.chainLimit {
            chain.append((name, style))
            next = style.parent
        }
        return chain
    }

    func isHidden(_ name: String?) -> Bool { chain(name).lazy.compactMap(\.style.isHidden).first ?? false }

    /// The font that it sets itself.
    func font(_ name: String?) -> String? { name.flatMap { styles[$0] }?.font.map { fonts[$0] ?? $0 } }

    func isRaised(_ name: String?) -> Bool { name.flatMap { styles[$0] }?.isRaised ?? false }

    /// Whether it is set in letters of equal width, or is the style of programs.
    func isCode(_ name: String?) -> Bool {
        let chain = chain(name)
        if let isMonospaced = chain.lazy.compactMap(\.style.isMonospaced).first { return isMonospaced }
        return chain.contains { $0.name == "Preformatted_20_Text" || $0.name == "Source_20_Code" }
    }

    func isTitle(_ name: String?) -> Bool { name == "Title" || chain(name).contains { $0.name == "Title" } }

    func list(_ name: String?) -> [Int: Level]? { name.flatMap { lists[$0] } }

    /// `2.1.`, `(a)`, `-`; empty when the level has no number.
    /// - Parameter counts: of the levels from 1.
    static func label(_ levels: [Int: Level]?, level: Int, counts: [Int]) -> String {
        guard let definition = levels?[level], !definition.isBullet else { return "-" }
        guard let format = definition.format else { return "" }
        let first = max(level - definition.shown + 1, 1)
        let numbers = (first...level).map { upper -> String in
            WordNumbering.number(
                counts.indices.contains(upper - 1) ? counts[upper - 1] : 1,
                upper == level ? format : levels?[upper]?.format ?? "decimal")
        }
        return definition.prefix + numbers.joined(separator: ".") + definition.suffix
    }
}

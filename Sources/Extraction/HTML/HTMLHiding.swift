/// Tells by a page's own styles what its readers do not see.
enum HTMLHiding {
    /// Whether these declarations hide an element whatever stands round it: not shown, without size, outside of the page, or
    /// in the colour of its own ground.
    static func hides(_ style: String) -> Bool {
        let rules = declarations(style)
        if rules.contains(where: { gone.contains($0.name + ":" + $0.value) }) { return true }
        var values: [String: String] = [:]
        for rule in rules { values[rule.name] = rule.value }
        if let size = values["font-size"], length(size).map({ $0 <= 1 }) == true { return true }
        if let opacity = values["opacity"].flatMap({ Double($0) }), opacity < 0.05 { return true }
        let isCut = values["overflow"] == "hidden"
        if isCut, ["height", "width", "max-height", "max-width"].contains(where: { isNothing(values[$0]) }) {
            return true
        }
        let isMoved = values["position"] == "absolute" || values["position"] == "fixed"
        if isMoved, ["left", "top", "right", "bottom"].contains(where: { isFarOut(values[$0]) }) { return true }
        if isFarOut(values["text-indent"]) { return true }
        guard let color = values["color"].flatMap(Self.color) else { return false }
        return color == transparent || color == ground(values)
    }

    /// Whether the text is white and its ground is not said, so that it may be white on white.
    static func isWhite(_ style: String) -> Bool {
        var values: [String: String] = [:]
        for rule in declarations(style) { values[rule.name] = rule.value }
        return values["color"].flatMap(color) == "ffffff" && ground(values) == nil
            && values["background"] == nil && values["background-image"] == nil
    }

    static func isWhite(color name: String) -> Bool { color(name.lowercased()) == "ffffff" }

    /// The classes and ids that a style sheet hides as a whole: `.x { display: none }`. Rules for other media are passed over.
    static func hiddenNames(in sheet: String) -> Set<String> {
        var names: Set<String> = []
        var medium = 0
        for part in sheet.split(separator: "}", maxSplits: sheetLimit) {
            guard let brace = part.lastIndex(of: "{") else {
                medium = max(0, medium - 1)
                continue
            }
            if part[..<brace].contains("{") { medium += 1 }
            guard medium == 0, hides(String(part[part.index(after: brace)...])) else { continue }
            for selector in part[..<brace].split(separator: ",") {
                let plain = selector.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                guard plain.count > 1, plain.first == "." || plain.first == "#",
                    plain.dropFirst().allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
                else { continue }
                names.insert(plain)
            }
        }
        return names
    }

    private static let sheetLimit = 10_000
    private static let declarationLimit = 200
    private static let transparent = "transparent"
    private static let gone: Set<String> = [
        "display:none", "visibility:hidden", "visibility:collapse", "clip:rect(0,0,0,0)", "clip:rect(0000)",
        "clip:rect(0px,0px,0px,0px)", "clip-path:inset(50%)", "clip-path:inset(100%)", "transform:scale(0)", "zoom:0",
    ]

    private static func declarations(_ style: String) -> [(name: String, value: String)] {
        let plain = style.filter { !$0.isWhitespace }.lowercased()
        return plain.split(separator: ";", maxSplits: declarationLimit).compactMap {
            rule -> (name: String, value: String)? in
            let parts = rule.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let value = parts[1].split(separator: "!", maxSplits: 1).first ?? ""
            return (String(parts[0]), String(value))
        }
    }

    private static func ground(_ values: [String: String]) -> String? {
        (values["background-color"] ?? values["background"]).flatMap(color)
    }

    /// In pixels; nil for what depends on what stands round it.
    private static func length(_ text: String) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        guard let value = Double(number) else { return nil }
        switch text.dropFirst(number.count) {
        case "", "px", "pt": return value
        case "em", "rem", "%", "vw", "vh": return value == 0 ? 0 : value < 0 ? value * 16 : nil
        default: return nil
        }
    }

    private static func isNothing(_ text: String?) -> Bool { text.flatMap(length).map { abs($0) <= 1 } ?? false }
    private static func isFarOut(_ text: String?) -> Bool { text.flatMap(length).map { $0 <= -500 } ?? false }

    /// Six hexadecimal digits; near white is white. nil for what is not known here.
    private static func color(_ text: String) -> String? {
        if let named = named[text] { return named }
        var parts: [Int] = []
        if text.hasPrefix("#") {
            let digits = text.dropFirst().compactMap(\.hexDigitValue)
            switch digits.count {
            case 3: parts = digits.map { $0 * 17 }
            case 6: parts = [digits[0] * 16 + digits[1], digits[2] * 16 + digits[3], digits[4] * 16 + digits[5]]
            default: return nil
            }
        } else if text.hasPrefix("rgb"), let open = text.firstIndex(of: "(") {
            let numbers = text[text.index(after: open)...].split(whereSeparator: { ",)/".contains($0) })
                .compactMap { Double($0) }
            if numbers.count == 4, numbers[3] < 0.05 { return transparent }
            parts = numbers.prefix(3).map { Int(max(0, min(255, $0))) }
        }
        guard parts.count == 3 else { return nil }
        if parts.allSatisfy({ $0 >= 0xf8 }) { return "ffffff" }
        return parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let named = [
        "white": "ffffff", "black": "000000", "transparent": transparent, "snow": "ffffff", "ivory": "ffffff",
        "ghostwhite": "ffffff", "red": "ff0000", "blue": "0000ff", "green": "008000", "gray": "808080",
        "grey": "808080",
        "yellow": "ffff00",
    ]
}

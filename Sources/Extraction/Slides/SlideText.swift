/// The paragraphs of a text body (`p:txBody`): plain ones, list items by their level, programs.
struct SlideText {
    /// What stands in a text body, in order.
    enum Part: Equatable {
        case paragraph(String)
        case list([String])
        case code(String)
    }

    /// How a paragraph is marked that does not say so itself, by its level (from 0).
    let bullet: (Int) -> SlideBullets.Bullet

    /// Whether anything is written in the body, fields and line breaks aside.
    static func holdsText(_ body: XMLElement) -> Bool {
        body.elements(named: "p").contains { !TextCleaner.collapsingWhiteSpace(text(of: $0)).isEmpty }
    }

    /// All of a body's text on one line.
    static func line(_ body: XMLElement) -> String {
        TextCleaner.collapsingWhiteSpace(body.elements(named: "p").map(text).joined(separator: " "))
    }

    /// The text of one `a:p`: line breaks as `\n`, slide numbers and dates that PowerPoint puts in left out.
    static func text(of paragraph: XMLElement) -> String {
        var text = ""
        append(paragraph, to: &text)
        return text
    }

    /// `text` with its line breaks, each line clean; empty lines are left out.
    static func trimmingLines(_ text: String) -> String {
        text.utf8.split(separator: 0x0a).map { TextCleaner.collapsingWhiteSpace(String(Substring($0))) }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func append(_ parent: XMLElement, to text: inout String) {
        for element in parent.elements {
            switch element.name {
            case "r": append(run: element, to: &text)
            case "br": text += "\n"
            case "fld":
                let type = element["type"] ?? ""
                if type != "slidenum", !type.hasPrefix("datetime") { text += element.first(named: "t")?.text ?? "" }
            case "m":
                for formula in element.elements { text += OfficeMath.text(of: formula) }
            case "AlternateContent":
                for branch in element.elements {
                    let before = text.utf8.count
                    append(branch, to: &text)
                    if text.utf8.count > before { break }
                }
            default: break
            }
        }
    }

    private static func append(run: XMLElement, to text: inout String) {
        let properties = run.first(named: "rPr")
        var piece = run.first(named: "t")?.text ?? ""
        if let face = face(of: properties) {
            piece = SymbolFont.decode(piece, font: face)
        } else if let face = properties?.first(named: "sym")?["typeface"], piece.unicodeScalars.count == 1 {
            // An arrow that PowerPoint made of `->` is an `à` that says so; letters beside it may say so, too.
            piece = SymbolFont.decode(piece, font: face)
        }
        // 10³ is not 103; the `st` of 1st is only raised.
        let isPower =
            (properties?["baseline"].flatMap { Int($0) } ?? 0) > 0
            && text.last.map { $0.isLetter || $0.isNumber || $0 == ")" } == true
            && piece.utf8.contains { (0x30...0x39).contains($0) }
            && piece.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2b || $0 == 0x2d }
        text += isPower ? "^" + piece : piece
    }

    private static func face(of properties: XMLElement?) -> String? {
        properties?.first(named: "latin")?["typeface"]
    }

    func parts(of body: XMLElement) -> [Part] {
        let paragraphs = body.elements(named: "p")
        let own = SlideBullets(body.first(named: "lstStyle"))
        if Self.isCode(paragraphs) {
            return [.code(paragraphs.map(Self.text).joined(separator: "\n"))]
        }
        var parts: [Part] = []
        var items: [String] = []
        var numbers = [Int](repeating: 0, count: SlideBullets.levels)
        func endList() {
            if !items.isEmpty { parts.append(.list(items)) }
            items = []
        }
        for paragraph in paragraphs {
            let text = Self.text(of: paragraph)
            guard !TextCleaner.collapsingWhiteSpace(text).isEmpty else { continue }
            let properties = paragraph.first(named: "pPr")
            let level = min(max(properties?["lvl"].flatMap { Int($0) } ?? 0, 0), SlideBullets.levels - 1)
            let mark = properties.flatMap(SlideBullets.bullet) ?? own[level] ?? bullet(level)
            for deeper in numbers.indices where deeper > level { numbers[deeper] = 0 }
            let indent = String(repeating: "  ", count: level)
            let line = TextCleaner.collapsingWhiteSpace(text)
            switch mark {
            case .none:
                numbers[level] = 0
                if level > 0, !items.isEmpty {
                    items.append(indent + "  " + line)
                } else {
                    endList()
                    parts.append(.paragraph(text))
                }
            case .dot:
                numbers[level] = 0
                items.append(indent + "- " + line)
            case .number(let type, let start):
                numbers[level] = numbers[level] == 0 ? start : numbers[level] + 1
                items.append(indent + Self.number(numbers[level], type) + " " + line)
            }
        }
        endList()
        return parts
    }

    /// `1.`, or `a)` for the kinds that count in letters.
    private static func number(_ number: Int, _ type: String) -> String {
        guard type.hasPrefix("alpha"), (1...26).contains(number) else { return "\(number)." }
        let first: UInt8 = type.hasPrefix("alphaUc") ? 0x41 : 0x61
        return String(decoding: [first + UInt8(number - 1)], as: UTF8.self) + ")"
    }

    /// Whether all that is written is in a typeface of programs.
    private static func isCode(_ paragraphs: [XMLElement]) -> Bool {
        let runs = paragraphs.flatMap { $0.elements(named: "r") }
            .filter { !TextCleaner.collapsingWhiteSpace($0.first(named: "t")?.text ?? "").isEmpty }
        return runs.count > 0
            && runs.allSatisfy { Self.face(of: $0.first(named: "rPr")).map(WordValue.isMonospaced) ?? false }
    }
}

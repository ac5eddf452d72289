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
            case "r": text += element.first(named: "t")?.text ?? ""
            case "br": text += "\n"
            case "fld":
                let type = element["type"] ?? ""
                if type != "slidenum", !type.hasPrefix("datetime") { text += element.first(named: "t")?.text ?? "" }
            case "m": text += formula(element)
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

    /// `a14:m`, which holds Office Math.
    private static func formula(_ element: XMLElement) -> String {
        element.text
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
            && runs.allSatisfy { run in
                let face = run.first(named: "rPr")?.first(named: "latin")?["typeface"]?.lowercased() ?? ""
                return programFaces.contains { face.hasPrefix($0) }
            }
    }

    private static let programFaces = [
        "andale mono", "cascadia", "consolas", "courier", "dejavu sans mono", "fira code", "fira mono",
        "jetbrains mono",
        "liberation mono", "lucida console", "menlo", "monaco", "roboto mono", "source code", "ubuntu mono",
    ]
}

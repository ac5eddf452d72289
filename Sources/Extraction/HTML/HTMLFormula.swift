/// One formula of MathML (W3C MathML Core) as text: its TeX source when that comes with it, else in one line with `^`, `_`
/// and `/`.
struct HTMLFormula {
    /// Elements nested deeper lose their structure, not their text.
    private static let depthLimit = 64
    private static let lengthLimit = 4_000

    private var stack: [(name: String, children: [String])] = [("math", [])]
    private var overflow = 0
    private var tex: String?
    private let alternative: String?
    private var ignored = 0
    private var length = 0

    /// - Parameter alternative: the attribute `alttext`, which is TeX.
    init(alternative: String?) { self.alternative = alternative }

    mutating func start(_ tag: HTMLTokenizer.Tag) {
        if tag.isSelfClosing {
            if tag.name == "mspace" { add(" ") }
            return
        }
        let isTeX = tag.name == "annotation" && (tag.attributes["encoding"] ?? "").lowercased().hasSuffix("tex")
        if ignored > 0 || tag.name == "annotation-xml" || (tag.name == "annotation" && !isTeX) {
            if tag.name.hasPrefix("annotation") { ignored += 1 }
            return
        }
        guard stack.count < Self.depthLimit else {
            overflow += 1
            return
        }
        stack.append((isTeX ? "tex" : tag.name, []))
    }

    mutating func end(_ name: String) {
        if ignored > 0 {
            if name.hasPrefix("annotation") { ignored -= 1 }
            return
        }
        if overflow > 0 {
            overflow -= 1
            return
        }
        guard stack.count > 1, let open = stack.popLast() else { return }
        if open.name == "tex" {
            tex = open.children.joined()
        } else {
            stack[stack.count - 1].children.append(Self.text(of: open.name, open.children))
        }
    }

    mutating func add(_ text: String) {
        guard ignored == 0, length < Self.lengthLimit else { return }
        let isTeX = stack.last?.name == "tex"
        let clean = isTeX ? text : TextCleaner.collapsingWhiteSpace(text)
        guard !clean.isEmpty else { return }
        length += clean.utf8.count
        stack[stack.count - 1].children.append(clean)
    }

    /// Between dollar signs when it is TeX; empty when there is nothing.
    mutating func finish() -> String {
        while stack.count > 1 {
            ignored = 0
            overflow = 0
            end("")
        }
        if let source = Self.source(tex ?? alternative ?? "") { return source }
        return TextCleaner.collapsingWhiteSpace(stack[0].children.joined())
    }

    /// TeX on one line between dollar signs, without the braces that MediaWiki puts around; nil for nothing.
    static func source(_ tex: String) -> String? {
        var clean = TextCleaner.collapsingWhiteSpace(tex)
        for style in ["{\\displaystyle ", "{\\textstyle "] where clean.hasPrefix(style) && clean.hasSuffix("}") {
            clean = TextCleaner.collapsingWhiteSpace(String(clean.dropFirst(style.count).dropLast()))
        }
        return clean.isEmpty ? nil : "$\(clean)$"
    }

    private static func text(of name: String, _ parts: [String]) -> String {
        func part(_ index: Int) -> String { index < parts.count ? parts[index] : "" }
        func grouped(_ text: String) -> String { text.count > 1 ? "(\(text))" : text }
        switch name {
        case "mfrac" where parts.count == 2: return grouped(part(0)) + "/" + grouped(part(1))
        case "msup" where parts.count == 2, "mover" where parts.count == 2: return part(0) + "^" + grouped(part(1))
        case "msub" where parts.count == 2, "munder" where parts.count == 2: return part(0) + "_" + grouped(part(1))
        case "msubsup" where parts.count == 3, "munderover" where parts.count == 3:
            return part(0) + "_" + grouped(part(1)) + "^" + grouped(part(2))
        case "msqrt": return "√" + grouped(parts.joined())
        case "mroot" where parts.count == 2: return "root(\(part(1)), \(part(0)))"
        case "mfenced": return "(" + parts.joined(separator: ", ") + ")"
        case "mtr", "mlabeledtr": return parts.joined(separator: ", ")
        case "mtable": return "[" + parts.joined(separator: "; ") + "]"
        case "mo":
            let sign = parts.joined()
            return "=<>≤≥≠≈→⇒∈+−±".contains(sign) && !sign.isEmpty ? " \(sign) " : sign
        default: return parts.joined()
        }
    }
}

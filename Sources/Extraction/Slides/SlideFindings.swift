/// What staff should know of a presentation, gathered slide by slide.
struct SlideFindings {
    var damagedSlides: [Int] = []
    var hiddenSlides: [Int] = []
    var hiddenShapes = 0
    var outsideShapes = 0
    var embeddedObjects = 0
    var comments = 0
    private var languages: [String: Int] = [:]

    /// The language that most pieces of text are marked with, or empty.
    var language: String { languages.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "" }

    mutating func countLanguages(_ tree: XMLElement) {
        // Of one slide the first pieces are enough.
        for run in tree.descendants(named: "rPr").prefix(100) {
            if let language = run["lang"].map({ TextCleaner.cut($0, to: 2).lowercased() }), !language.isEmpty {
                languages[language, default: 0] += 1
            }
        }
    }

    var warnings: [String] {
        var warnings: [String] = []
        if !damagedSlides.isEmpty {
            warnings.append("\(Self.slides(damagedSlides)) damaged and could not be read. Save the presentation again.")
        }
        if !hiddenSlides.isEmpty {
            warnings.append(
                "\(Self.slides(hiddenSlides)) hidden in the presentation and nevertheless read. "
                    + "Delete what students should not find.")
        }
        if hiddenShapes > 0 { warnings.append("\(Self.count(hiddenShapes, "hidden object")) left out.") }
        if outsideShapes > 0 {
            warnings.append("\(Self.count(outsideShapes, "object")) beside the visible part of the slides left out.")
        }
        if embeddedObjects > 0 {
            warnings.append(
                "\(Self.count(embeddedObjects, "embedded file")) not read. Load what matters as files of their own.")
        }
        if comments > 0 { warnings.append("\(Self.count(comments, "reviewers' comment")) left out.") }
        return warnings
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun) was" : "\(number) \(noun)s were"
    }

    /// `Slide 3 is`, `Slides 3, 5 are`: the first ten.
    private static func slides(_ numbers: [Int]) -> String {
        let named = numbers.prefix(10).map(String.init).joined(separator: ", ")
        let more = numbers.count > 10 ? " and \(numbers.count - 10) more" : ""
        return numbers.count == 1 ? "Slide \(named) is" : "Slides \(named)\(more) are"
    }
}

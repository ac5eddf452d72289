/// An option a verb takes.
struct Option: Sendable {
    /// With its dashes, for example `--course`.
    let name: String
    /// A second spelling, for example `-c`.
    let short: String?
    /// What stands behind it in the help, `DIR` for example; nil for a switch.
    let value: String?
    let help: String

    init(_ name: String, short: String? = nil, value: String? = nil, _ help: String) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
    }
}

/// A command line taken apart: a pure value, so that every odd spelling is a line in a table of tests.
struct Arguments: Sendable, Equatable {
    private(set) var operands: [String] = []
    private(set) var values: [String: String] = [:]
    private(set) var switches: Set<String> = []

    /// - Throws: `UsageError` for an unknown option, a missing value, or a value where none belongs.
    init(_ words: [String], options: [Option]) throws {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            guard word.hasPrefix("-"), word != "-", !Self.isNumber(word) else {
                operands.append(word)
                continue
            }
            let (name, attached) = Self.split(word)
            guard let option = options.first(where: { $0.name == name || $0.short == name }) else {
                throw UsageError(
                    "unknown option '\(name)'. "
                        + Self.suggestion(
                            for: name, among: options.map(\.name),
                            else: "Put -- before a text that begins with '-'."))
            }
            guard let placeholder = option.value else {
                guard attached == nil else { throw UsageError("\(name) takes no value.") }
                switches.insert(option.name)
                continue
            }
            guard let value = attached ?? rest.popFirst(), attached != nil || !value.hasPrefix("--") else {
                throw UsageError("\(name) needs a value: \(name) \(placeholder).")
            }
            values[option.name] = value
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    func has(_ name: String) -> Bool { switches.contains(name) }

    /// The whole number behind `name`, or `fallback` where the option is not given.
    func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let text = values[name] else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'.")
        }
        return number
    }

    /// One of the cases of `Choice` behind `name`.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, default fallback: Choice) throws -> Choice
    where Choice.RawValue == String {
        guard let text = values[name] else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            throw UsageError("\(name) takes \(Choice.allCases.map(\.rawValue).joined(separator: ", ")), not '\(text)'.")
        }
        return choice
    }

    private static func split(_ word: String) -> (name: String, attached: String?) {
        guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    private static func isNumber(_ word: String) -> Bool { Double(word) != nil }

    /// "Did you mean …?" for a slip of at most two letters.
    static func suggestion(for word: String, among names: [String], else fallback: String) -> String {
        let near = names.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        guard let near, near.1 <= 2 else { return fallback }
        return "Did you mean '\(near.0)'?"
    }

    /// Levenshtein's edit distance.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}

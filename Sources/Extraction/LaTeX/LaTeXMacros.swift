/// The commands that a document defines for itself, and their expansion within bounds: no chain of them can grow for
/// long.
struct LaTeXMacros {
    private struct Macro {
        let arguments: Int
        /// The value of the first argument when it is not given.
        let preset: [UInt8]?
        let body: [UInt8]
    }

    private static let countLimit = 2_000
    private static let bodyLimit = 4_000
    private static let expansionLimit = 20_000
    private static let byteLimit = 2_000_000

    private var macros: [String: Macro] = [:]
    private var expansions = 0
    private var bytes = 0
    /// Whether a bound was met; from then on nothing is expanded.
    private(set) var isExhausted = false

    /// After `\newcommand`, `\renewcommand`, `\providecommand`: `{\name}[2][preset]{body}`.
    mutating func define(from cursor: inout LaTeXCursor) {
        cursor.skipStar()
        guard let name = Self.name(cursor.argument()) else { return }
        cursor.skipBlanks()
        let count = cursor.bracket().flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        cursor.skipBlanks()
        let preset = cursor.bracket()
        guard let body = cursor.group(), (0...9).contains(count) else { return }
        keep(name, Macro(arguments: count, preset: preset, body: body))
    }

    /// After `\def`: `\name#1#2{body}`; delimited arguments are not understood and the definition is passed over.
    mutating func defineByTeX(from cursor: inout LaTeXCursor) {
        guard let name = Self.name(cursor.argument()) else { return }
        var count = 0
        while cursor.current == UInt8(ascii: "#"), let digit = cursor.peek(1),
            digit == UInt8(ascii: "1") + UInt8(count),
            count < 9
        {
            count += 1
            cursor.position += 2
        }
        guard cursor.current == UInt8(ascii: "{"), let body = cursor.group() else { return }
        keep(name, Macro(arguments: count, preset: nil, body: body))
    }

    private mutating func keep(_ name: String, _ macro: Macro) {
        guard macros.count < Self.countLimit, macro.body.count <= Self.bodyLimit else { return }
        macros[name] = macro
    }

    /// What `\name` with its arguments, which are taken from `cursor`, stands for; nil when it is not defined here.
    mutating func expand(_ name: String, _ cursor: inout LaTeXCursor) -> [UInt8]? {
        guard !isExhausted, let macro = macros[name] else { return nil }
        var values: [[UInt8]] = []
        if let preset = macro.preset, macro.arguments > 0 { values.append(cursor.bracket() ?? preset) }
        while values.count < macro.arguments {
            guard let value = cursor.argument() else { break }
            values.append(value)
        }
        var result: [UInt8] = []
        var index = 0
        while index < macro.body.count {
            let byte = macro.body[index]
            if byte == UInt8(ascii: "#"), index + 1 < macro.body.count, (0x31...0x39).contains(macro.body[index + 1]) {
                let number = Int(macro.body[index + 1]) - 0x31
                if number < values.count { result += values[number] }
                index += 2
            } else {
                result.append(byte)
                index += 1
            }
        }
        expansions += 1
        bytes += result.count
        if expansions > Self.expansionLimit || bytes > Self.byteLimit { isExhausted = true }
        return result
    }

    private static func name(_ argument: [UInt8]?) -> String? {
        guard let argument, argument.first == UInt8(ascii: "\\"), argument.count > 1 else { return nil }
        return String(decoding: argument.dropFirst().filter { !TextCleaner.isWhiteSpace($0) }, as: UTF8.self)
    }
}

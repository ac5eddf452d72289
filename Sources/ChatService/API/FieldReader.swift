import Support

/// Reads the fields of a body, collecting everything that is wrong, so that a client learns it all at once.
struct FieldReader {
    /// Characters of a question (contract, section 1).
    static let longestMessage = 8_000

    private let object: [String: JSONValue]
    private(set) var errors: [Problem.FieldError] = []

    init(_ object: [String: JSONValue]) { self.object = object }

    mutating func fail(_ name: String, _ detail: String) {
        errors.append(Problem.FieldError(pointer: "/\(name)", detail: detail))
    }

    /// - Throws: `Problem` 400 when anything was wrong.
    func check() throws {
        guard errors.isEmpty else { throw Problem.invalid(errors) }
    }

    func value(_ name: String) -> JSONValue? { object[name] }

    /// nil when the field is absent, null or wrong.
    mutating func string(_ name: String) -> String? {
        switch object[name] {
        case .string(let text)?: return text
        case nil, .null?: return nil
        default:
            fail(name, "'\(name)' must be a string.")
            return nil
        }
    }

    /// A required text of 1 to `limit` characters after trimming; empty when it is wrong.
    mutating func text(_ name: String, limit: Int) -> String {
        let before = errors.count
        guard let text = string(name) else {
            if errors.count == before { fail(name, "'\(name)' is required.") }
            return ""
        }
        let trimmed = text.trimmed
        if !trimmed.isLegible {
            fail(name, "'\(name)' is empty; write something.")
        } else if trimmed.utf8.count > limit, trimmed.unicodeScalars.count > limit {
            fail(name, "'\(name)' has \(trimmed.unicodeScalars.count) characters; at most \(limit) are allowed.")
        }
        return trimmed
    }

    /// nil when the field is absent, null or wrong.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = object[name], value != .null else { return nil }
        guard let number = value.integer, range.contains(number) else {
            fail(name, "'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return number
    }

    mutating func course(_ name: String = "course") -> CourseID? {
        guard let text = string(name) else { return nil }
        do {
            return try CourseID(text)
        } catch {
            fail(name, error.sentence)
            return nil
        }
    }

    mutating func mode() -> AnswerMode {
        guard let text = string("mode") else { return .answer }
        guard let mode = AnswerMode(rawValue: text) else {
            let known = AnswerMode.allCases.map(\.rawValue).joined(separator: ", ")
            fail("mode", "'mode' must be one of: \(known).")
            return .answer
        }
        return mode
    }

    mutating func traceID() -> String? {
        guard let text = string("traceId") else { return nil }
        guard TraceContext.isTraceID(text) else {
            fail("traceId", "'traceId' must be 1 to 64 of a-z, A-Z, 0-9, '-' and '_'.")
            return nil
        }
        return text
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        let isVisible = { (byte: UInt8?) in (0x21...0x7E).contains(byte ?? 0) }
        if isVisible(utf8.first), isVisible(utf8.last) { return self }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether there is anything to see in it: more than white space, controls and invisible marks.
    var isLegible: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}

/// Reads the parts of a policy, collecting what is wrong with JSON pointers (RFC 6901).
struct PolicyReader {
    /// More would help nobody.
    private static let mostErrors = 50

    private(set) var errors: [Problem.FieldError] = []

    mutating func fail(_ pointer: String, _ detail: String) {
        guard errors.count < Self.mostErrors else { return }
        errors.append(Problem.FieldError(pointer: pointer, detail: detail))
    }

    /// Complains about fields that are none of `known`.
    mutating func names(_ object: [String: JSONValue], _ known: Set<String>, at pointer: String) {
        for name in object.keys.sorted() where !known.contains(name) {
            let list = known.sorted().joined(separator: ", ")
            fail("\(pointer)/\(Self.escaped(name))", "There is no such field; these are known: \(list).")
        }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ value: JSONValue?, at pointer: String) -> Choice?
    where Choice.RawValue == String {
        switch value {
        case nil, .null?: return nil
        case .string(let text)?:
            if let choice = Choice(rawValue: text) { return choice }
        default: break
        }
        fail(pointer, "This must be one of: \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    mutating func modes(_ value: JSONValue?) -> [AnswerMode]? {
        guard value != nil, value != .null else { return nil }
        var modes: [AnswerMode] = []
        for (pointer, item) in items(value, at: "/modes", most: AnswerMode.allCases.count) {
            let mode: AnswerMode? = choice(item, at: pointer)
            if item == .null { fail(pointer, "This must be a mode, for example 'answer'.") }
            if let mode, !modes.contains(mode) { modes.append(mode) }
        }
        if modes.isEmpty { fail("/modes", "At least one mode must be allowed.") }
        return modes
    }

    /// The items of a list with their pointers; none when it is absent or wrong.
    mutating func items(
        _ value: JSONValue?, at pointer: String, most: Int
    ) -> [(pointer: String, item: JSONValue)] {
        switch value {
        case nil, .null?: return []
        case .array(let items)?:
            guard items.count <= most else {
                fail(pointer, "At most \(most) are allowed; these are \(items.count).")
                return []
            }
            return items.enumerated().map { ("\(pointer)/\($0)", $1) }
        default:
            fail(pointer, "This must be a list.")
            return []
        }
    }

    mutating func count(_ value: JSONValue?, at pointer: String) -> Int? {
        let number = number(value, at: pointer, most: Double(CoursePolicy.Bounds.count), isWhole: true)
        return number.map { Int($0) }
    }

    mutating func cost(_ value: JSONValue?, at pointer: String) -> Double? {
        number(value, at: pointer, most: CoursePolicy.Bounds.cost, isWhole: false)
    }

    mutating func lock(_ value: JSONValue, at pointer: String) -> CoursePolicy.Lock? {
        guard let object = object(value, at: pointer) else { return nil }
        names(object, ["from", "until", "message"], at: pointer)
        let before = errors.count
        let from = time(object["from"], at: pointer + "/from", isNeeded: true)
        let until = time(object["until"], at: pointer + "/until", isNeeded: true)
        let message = text(object["message"], at: pointer + "/message", most: CoursePolicy.Bounds.message)
        if let from, let until, from >= until { fail(pointer + "/until", "'until' must be later than 'from'.") }
        guard errors.count == before, let from, let until else { return nil }
        return CoursePolicy.Lock(from: from, until: until, message: message)
    }

    mutating func documents(_ value: JSONValue?) -> [String: CoursePolicy.DocumentRule] {
        guard let value, value != .null, let object = object(value, at: "/documents") else { return [:] }
        guard object.count <= CoursePolicy.Bounds.documents else {
            fail("/documents", "At most \(CoursePolicy.Bounds.documents) documents may have rules of their own.")
            return [:]
        }
        var rules: [String: CoursePolicy.DocumentRule] = [:]
        for (id, item) in object.sorted(by: { $0.key < $1.key }) {
            let pointer = "/documents/\(Self.escaped(id))"
            guard Self.isDocument(id) else {
                fail(pointer, "This is no document's id; GET the course's documents for theirs.")
                continue
            }
            guard let rule = self.object(item, at: pointer) else { continue }
            names(rule, ["availableFrom", "quotable"], at: pointer)
            rules[id] = CoursePolicy.DocumentRule(
                availableFrom: time(rule["availableFrom"], at: pointer + "/availableFrom", isNeeded: false),
                quotable: truth(rule["quotable"], at: pointer + "/quotable") ?? true)
        }
        return rules
    }

    mutating func assignment(_ value: JSONValue, at pointer: String) -> CoursePolicy.Assignment? {
        guard let object = object(value, at: pointer) else { return nil }
        names(object, ["id", "title", "documents", "hintBudget"], at: pointer)
        let before = errors.count
        let id = text(object["id"], at: pointer + "/id", most: 63)
        if let id, !Self.isAssignment(id) {
            fail(pointer + "/id", "An id is 1 to 63 of a-z, 0-9 and '-', for example 'lista-1'.")
        } else if id == nil {
            fail(pointer + "/id", "'id' is required, for example 'lista-1'.")
        }
        let title = text(object["title"], at: pointer + "/title", most: CoursePolicy.Bounds.title)
        var documents: [String] = []
        let listed = items(
            object["documents"], at: pointer + "/documents", most: CoursePolicy.Bounds.assignmentDocuments)
        for (place, item) in listed {
            guard case .string(let id) = item, Self.isDocument(id) else {
                fail(place, "This must be a document's id.")
                continue
            }
            documents.append(id)
        }
        let budget = count(object["hintBudget"], at: pointer + "/hintBudget")
        guard errors.count == before, let id else { return nil }
        return CoursePolicy.Assignment(id: id, title: title ?? id, documents: documents, hintBudget: budget)
    }

    private mutating func object(_ value: JSONValue, at pointer: String) -> [String: JSONValue]? {
        if case .object(let object) = value { return object }
        fail(pointer, "This must be an object.")
        return nil
    }

    private mutating func number(
        _ value: JSONValue?, at pointer: String, most: Double, isWhole: Bool
    ) -> Double? {
        switch value {
        case nil, .null?: return nil
        case .number(let number)?:
            if number >= 0, number <= most, !isWhole || number == number.rounded() { return number }
        default: break
        }
        fail(pointer, "This must be a\(isWhole ? " whole" : "") number from 0 to \(Int(most)), or null for no limit.")
        return nil
    }

    private mutating func time(_ value: JSONValue?, at pointer: String, isNeeded: Bool) -> Int64? {
        switch value {
        case nil, .null?: if !isNeeded { return nil }
        case .number(let number)?:
            if number >= 0, number <= CoursePolicy.Bounds.time, number == number.rounded() { return Int64(number) }
        default: break
        }
        fail(pointer, "This must be a time in whole seconds since 1970.")
        return nil
    }

    private mutating func truth(_ value: JSONValue?, at pointer: String) -> Bool? {
        switch value {
        case nil, .null?: return nil
        case .bool(let truth)?: return truth
        default:
            fail(pointer, "This must be true or false.")
            return nil
        }
    }

    private mutating func text(_ value: JSONValue?, at pointer: String, most: Int) -> String? {
        switch value {
        case nil, .null?: return nil
        case .string(let text)?:
            let trimmed = text.trimmed
            if trimmed.isLegible, trimmed.unicodeScalars.count <= most { return trimmed }
        default: break
        }
        fail(pointer, "This must be a text of 1 to \(most) characters.")
        return nil
    }

    /// The form of ids that courses give to documents; whether there is such a document changes with time.
    private static func isDocument(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x2d }
    }

    static func isAssignment(_ id: String) -> Bool {
        (1...63).contains(id.utf8.count) && id.utf8.first != 0x2d
            && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d }
    }

    private static func escaped(_ name: String) -> String {
        String(name.prefix(60)).replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

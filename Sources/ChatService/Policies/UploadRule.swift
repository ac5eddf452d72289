import WebServer

/// What an upload says of who may see its document. What it does not say stays as it is.
struct UploadRule: Sendable, Equatable {
    /// The names of its fields, in the address or in a form.
    static let names = ["availableFrom", "quotable", "hidden"]

    /// Seconds since 1970.
    var availableFrom: Int64?
    var quotable: Bool?
    /// Until staff release it; false for: not at all.
    var hidden: Bool?

    /// - Parameter value: the text of a field; nil where it is not sent.
    /// - Throws: `Problem` 400 for all that is wrong.
    static func read(_ value: (String) -> String?) throws -> UploadRule {
        var (rule, errors) = (UploadRule(), [Problem.FieldError]())
        func fail(_ name: String, _ detail: String) {
            errors.append(Problem.FieldError(pointer: "?\(name)", detail: "'\(name)' \(detail)"))
        }
        func truth(_ name: String) -> Bool? {
            switch value(name) {
            case nil: return nil
            case "true"?: return true
            case "false"?: return false
            default:
                fail(name, "must be true or false.")
                return nil
            }
        }
        if let text = value("availableFrom") {
            rule.availableFrom = Int64(text).flatMap {
                (0...CoursePolicy.DocumentRule.untilReleased).contains($0) ? $0 : nil
            }
            if rule.availableFrom == nil { fail("availableFrom", "must be a time in whole seconds since 1970.") }
        }
        rule.quotable = truth("quotable")
        rule.hidden = truth("hidden")
        if rule.hidden != nil, value("availableFrom") != nil {
            fail("hidden", "says another thing than 'availableFrom'; send one of them.")
        }
        guard errors.isEmpty else { throw Problem.invalid(errors) }
        return rule
    }

    /// The rule of the document from now on.
    /// - Parameters:
    ///   - former: its rule so far, which an earlier document of that name may have left.
    ///   - isNew: whether the course does not have the document.
    /// - Returns: nil where nothing changes.
    func rule(
        _ former: CoursePolicy.DocumentRule?, isNew: Bool, in policy: CoursePolicy
    ) -> CoursePolicy.DocumentRule? {
        var rule = former ?? CoursePolicy.DocumentRule()
        if let availableFrom {
            rule.availableFrom = availableFrom
        } else if let hidden {
            rule.availableFrom = hidden ? CoursePolicy.DocumentRule.untilReleased : nil
        } else if isNew, former == nil, policy.newDocuments == .hidden {
            rule.availableFrom = CoursePolicy.DocumentRule.untilReleased
        }
        if let quotable { rule.quotable = quotable }
        return rule == former ?? CoursePolicy.DocumentRule() ? nil : rule
    }
}

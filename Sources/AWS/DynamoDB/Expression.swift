/// An expression of DynamoDB with what its placeholders stand for: `#name` for names of attributes, `:value` for values.
///
///     Expression("attribute_not_exists(pk)")
///     Expression("#lease = :mine", names: ["#lease": "lease"], values: [":mine": .s(token)])
package struct Expression: Sendable, Equatable, ExpressibleByStringLiteral {
    package let text: String
    package let names: [String: String]
    package let values: Item

    package init(_ text: String, names: [String: String] = [:], values: Item = [:]) {
        self.text = text
        self.names = names
        self.values = values
    }

    package init(stringLiteral text: String) { self.init(text) }

    /// Both must hold.
    package func and(_ other: Expression) -> Expression {
        let placeholders = Placeholders([self, other])
        return Expression(
            "(\(text)) AND (\(other.text))", names: placeholders.names ?? [:], values: placeholders.values ?? [:])
    }
}

/// The placeholders of all expressions of one call, which share a name space; nil where there are none, for DynamoDB
/// refuses empty ones.
struct Placeholders {
    let names: [String: String]?
    let values: Item?

    init(_ expressions: [Expression?]) {
        var (names, values) = ([String: String](), Item())
        for expression in expressions.compactMap(\.self) {
            names.merge(expression.names) { old, new in
                precondition(old == new, "one placeholder stands for two names of attributes in one call")
                return old
            }
            values.merge(expression.values) { old, new in
                precondition(old == new, "one placeholder stands for two values in one call")
                return old
            }
        }
        self.names = names.isEmpty ? nil : names
        self.values = values.isEmpty ? nil : values
    }
}

import ChatService

/// The arguments of a tool, checked one by one; what is wrong is said to the model that called.
struct MCPArguments {
    private let object: [String: JSONValue]

    /// - Throws: `CommandFailure` for an argument that the tool does not have.
    init(_ object: [String: JSONValue], known: Set<String>) throws {
        if let stranger = object.keys.sorted().first(where: { !known.contains($0) }) {
            throw CommandFailure(
                "arguments",
                "There is no argument '\(stranger.prefix(64))'; there are \(known.sorted().joined(separator: ", ")).")
        }
        self.object = object
    }

    /// A required text of 1 to `limit` characters, without the white space around it.
    func text(_ name: String, limit: Int) throws -> String {
        guard let text = object[name]?.text else {
            throw CommandFailure("arguments", "'\(name)' is required and must be a string.")
        }
        let words = text.drop(while: \.isWhitespace)
        guard !words.isEmpty else { throw CommandFailure("arguments", "'\(name)' is empty.") }
        guard text.unicodeScalars.count <= limit else {
            throw CommandFailure("arguments", "'\(name)' has more than \(limit) characters.")
        }
        return String(words)
    }

    /// nil where it is absent.
    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        switch object[name] {
        case nil, .null?: return nil
        case let value?:
            guard let number = value.integer, range.contains(number) else {
                let bound =
                    range.upperBound == .max
                    ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
                throw CommandFailure("arguments", "'\(name)' must be a whole number \(bound).")
            }
            return number
        }
    }
}

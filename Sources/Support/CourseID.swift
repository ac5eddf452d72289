/// The name of a course: the unit of isolation, a file name and a part of URLs.
package struct CourseID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package let name: String

    /// - Throws: `InvalidCourseID` unless `text` matches `[a-z0-9][a-z0-9-]{0,62}` (contract, section 1).
    package init(_ text: String) throws {
        let bytes = Array(text.utf8)
        let isPlain = bytes.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
        guard (1...63).contains(bytes.count), isPlain, bytes[0] != 45 else { throw InvalidCourseID() }
        name = text
    }

    package init(from decoder: any Decoder) throws {
        self = try Self(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    package var description: String { name }

    package static func < (left: CourseID, right: CourseID) -> Bool { left.name < right.name }
}

/// The text given for a course cannot name one.
package struct InvalidCourseID: ExplainedError {
    package let label = "invalid_course_id"
    package var description: String {
        "A course name is 1 to 63 characters of a-z, 0-9 and '-', and does not begin with '-', for example 'algoritmos'."
    }
}

import Support

/// Reads who shall be in a course: `user,name,role` a line, in the form of RFC 4180.
///
/// Strict and bounded: a table that is not of this form is refused whole, with the line that is wrong.
enum MemberTable {
    /// People in one request.
    static let mostRows = 1_000
    /// Bytes of a user's name; tokens from elsewhere may have longer ones than accounts here.
    static let longestUser = 255

    /// - Parameter text: with or without a first line of names; a byte order mark is skipped, as Excel writes one.
    /// - Throws: `Problem` 400.
    static func read(_ text: String) throws -> [Enrolment] {
        var rows = try rows(text)
        if let first = rows.first, first.fields.first?.lowercased() == "user" { rows.removeFirst() }
        guard rows.count <= mostRows else { throw tooMany }
        return try rows.map { row in
            guard row.fields.count == 3 else {
                throw wrong(row.line, "has \(row.fields.count) fields; there must be three: user, name, role.")
            }
            return try enrolment(user: row.fields[0], name: row.fields[1], role: row.fields[2]) {
                wrong(row.line, $0)
            }
        }
    }

    /// One person as a client says it; `fault` makes the error of what is wrong with it.
    static func enrolment(
        user: String, name: String?, role: String, _ fault: (String) -> Problem
    ) throws -> Enrolment {
        let user = user.trimmed
        guard user.isLegible, user.utf8.count <= longestUser, !user.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { throw fault("has no user; a user is 1 to \(longestUser) bytes without control characters.") }
        guard let role = CourseRole(rawValue: role.trimmed.lowercased()) else {
            throw fault("says a role that is neither 'student' nor 'staff'.")
        }
        let name = name?.trimmed ?? ""
        guard name.unicodeScalars.count <= Account.longestName else {
            throw fault("has a name of more than \(Account.longestName) characters.")
        }
        return Enrolment(user: Account.userID(user) ?? UserID(user), name: name.isLegible ? name : nil, role: role)
    }

    static let tooMany = Problem(
        400, "too_many_members", "Too many at once", "Send at most \(mostRows) members in one request.")

    private static func wrong(_ line: Int, _ what: String) -> Problem { .invalid("", "Line \(line) \(what)") }

    private struct Row {
        let line: Int
        var fields: [String]
    }

    /// The rows of the table, without empty lines.
    private static func rows(_ text: String) throws -> [Row] {
        var rows: [Row] = []
        var (fields, field): ([String], String.UnicodeScalarView) = ([], .init())
        var (line, start) = (1, 1)
        var isQuoted = false
        /// Behind the closing quote of a field: only a separator may follow.
        var isClosed = false
        let scalars = Array(text.unicodeScalars)
        var index = scalars.first == "\u{feff}" ? 1 : 0

        func endRow() throws {
            fields.append(String(field))
            if fields != [""] { rows.append(Row(line: start, fields: fields)) }
            guard rows.count <= mostRows + 1 else { throw tooMany }
            (fields, field, isClosed, start) = ([], .init(), false, line)
        }

        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if isQuoted {
                if scalar == "\n" { line += 1 }
                guard scalar == "\"" else {
                    field.append(scalar)
                    continue
                }
                if index < scalars.count, scalars[index] == "\"" {
                    field.append(scalar)
                    index += 1
                } else {
                    (isQuoted, isClosed) = (false, true)
                }
                continue
            }
            switch scalar {
            case ",":
                fields.append(String(field))
                (field, isClosed) = (.init(), false)
            case "\r" where index < scalars.count && scalars[index] == "\n": break
            case "\n", "\r":
                line += 1
                try endRow()
            case "\"" where field.isEmpty && !isClosed: isQuoted = true
            default:
                guard scalar != "\"", !isClosed else {
                    throw wrong(line, "has a quote within a field; put the field in quotes and double those in it.")
                }
                field.append(scalar)
            }
        }
        guard !isQuoted else { throw wrong(start, "begins a quoted field that never ends.") }
        if !field.isEmpty || !fields.isEmpty || isClosed { try endRow() }
        return rows
    }
}

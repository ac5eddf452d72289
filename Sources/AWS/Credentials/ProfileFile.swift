/// The file of profiles that AWS's own tools keep (`~/.aws/credentials`).
struct ProfileFile {
    /// Bytes of such a file at most.
    static let limit = 1 << 20

    private var sections: [String: [String: String]] = [:]

    /// Sections in brackets, `name = value` lines, comments from `#` or `;` at a line's beginning; indented lines are values
    /// of nested settings, which no credentials are.
    init(_ text: String) {
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != " ", first != "\t", first != "#", first != ";" else { continue }
            if first == "[" {
                section = line.firstIndex(of: "]").map { Self.trimmed(line[line.index(after: line.startIndex)..<$0]) }
            } else if let section, let equals = line.firstIndex(of: "=") {
                let name = Self.trimmed(line[..<equals]).lowercased()
                sections[section, default: [:]][name] = Self.trimmed(line[line.index(after: equals)...])
            }
        }
    }

    func has(profile name: String) -> Bool { sections[name] != nil }

    /// nil when the profile has no keys.
    func credentials(of name: String) -> AWSCredentials? {
        guard let section = sections[name], let id = section["aws_access_key_id"], !id.isEmpty,
            let secret = section["aws_secret_access_key"], !secret.isEmpty
        else { return nil }
        let token = section["aws_session_token", default: ""]
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token.isEmpty ? nil : token)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

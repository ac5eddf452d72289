/// Text on its way into a page.
enum HTMLText {
    /// As content or as the value of a quoted attribute.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// JSON as the content of a `script` element, which nothing but `<` can end or change.
    static func json(_ value: some Encodable) -> String {
        var text = ""
        for scalar in JSONText.encode(value).unicodeScalars {
            if scalar == "<" { text += "\\u003c" } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

import Support

/// The name of an uploaded document in its course: the file's own, made harmless, below a folder if one was given.
enum DocumentName {
    /// Bytes of one part of a path, as file systems have it.
    static let longestPart = 255
    /// Folders above the file.
    static let mostFolders = 8

    /// - Parameters:
    ///   - file: as the client named it; a path of its own machine before the name is dropped.
    ///   - folder: `aulas/2026`, or empty.
    /// - Returns: nil when nothing is left of the file's name.
    /// - Throws: `Problem` 400.
    static func make(file: String, folder: String) throws -> String? {
        let last = file.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let name = clean(last)
        guard !name.isEmpty, name != ".", name != ".." else { return nil }
        guard name.utf8.count <= longestPart else {
            throw Problem.invalid(
                "Content-Disposition", "The file name is longer than \(longestPart) bytes; shorten it.")
        }
        let folders = folder.split(separator: "/").map { clean(String($0)) }.filter { !$0.isEmpty && $0 != "." }
        guard folders.count <= mostFolders, !folders.contains(".."),
            folders.allSatisfy({ $0.utf8.count <= longestPart })
        else {
            throw Problem.invalid("?folder", "'folder' must be like aulas/2026: at most \(mostFolders) names, no '..'.")
        }
        return (folders + [name]).joined(separator: "/")
    }

    /// Without control and invisible characters, white space made plain, letters precomposed.
    private static func clean(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        for scalar in text.precomposed.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: continue
            case .spaceSeparator: cleaned.append(" ")
            default: cleaned.append(scalar)
            }
        }
        return String(cleaned).trimmed
    }
}

import Glibc

/// One path for one folder, however it was named: absolute, without links.
enum CanonicalPath {
    /// Of a path that does not exist: that of the folder it would be in, and its last part.
    static func of(_ path: String) -> String {
        resolved(path) ?? ofParent(path) + "/" + FileWalk.lastComponent(path)
    }

    /// Of the folder that holds what `path` names; as it was written when there is none.
    static func ofParent(_ path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).dropLast().map { String(Substring($0)) }
        let parent = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        return resolved(parent.isEmpty ? "." : parent) ?? parent
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

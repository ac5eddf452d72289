import FoundationEssentials
import Glibc

/// What is kept of people is for the user of the machine whom the server runs as, and for nobody else there: files that are
/// made are theirs alone (`umask`), and those of before are shut.
struct DataPrivacy {
    /// Folders below the data folder that hold what was loaded; nobody else enters them.
    private static let folders = ["courses", "originals"]
    private static let others: mode_t = 0o077

    let data: String

    /// Of what this process makes. Called before anything is made.
    static func begin() { umask(others) }

    /// Databases, their logs and locks, and folders of the data folder that other users of the machine may open.
    var open: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: data)) ?? []
        let files = names.filter { $0.contains(".sqlite") }
        return (files + names.filter(Self.folders.contains)).sorted().map { "\(data)/\($0)" }.filter(Self.isOpen)
    }

    private static func isOpen(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT != S_IFLNK
            && information.st_mode & others != 0
    }

    /// Takes the rights of others away.
    /// - Returns: what could not be shut, for it belongs to somebody else.
    func shut() -> [String] {
        open.filter { path in
            var information = stat()
            guard lstat(path, &information) == 0 else { return false }
            return chmod(path, information.st_mode & 0o7777 & ~Self.others) != 0
        }
    }
}

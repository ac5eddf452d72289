import FoundationEssentials
import Glibc
import Support

/// A folder that is deleted with this object.
final class TemporaryFolder: Sendable {
    let path: String

    /// - Throws: `CommandFailure` when none can be made.
    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = "\(base)/gepeto-\(RandomIdentifier.make())"
        guard mkdir(path, 0o700) == 0 else {
            throw CommandFailure(
                "no_temporary_folder", "\(base) cannot be written to; set TMPDIR to a folder that can.")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

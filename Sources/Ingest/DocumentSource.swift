import CourseStore
import Extraction
import Glibc

/// The file that a document came from, as far as it is known.
struct DocumentSource {
    enum State {
        /// It still holds the document's content, or nothing is known of it: an upload, a folder that is not there now.
        case there
        /// It holds something else by now.
        case changed
        /// It is gone from its folder.
        case gone
    }

    let document: Document

    init(_ document: Document) { self.document = document }

    /// Looks at the disk; blocks while the file is read.
    /// - Parameter root: a folder that is known to be there.
    func state(seenFrom root: String) -> State {
        guard !document.root.isEmpty else { return .there }
        guard let path = paths.first(where: { !Self.isMissing($0) }) else {
            return document.root == root ? .gone : .there
        }
        guard let hash = try? FileReading.hash(of: path) else { return .there }
        return hash == document.contentHash ? .there : .changed
    }

    /// A name in a course may begin with the root's last part; see `DocumentNames`.
    private var paths: [String] {
        let root = document.root
        let prefix = FileWalk.lastComponent(root) + "/"
        let whole = [root + "/" + document.path]
        guard document.path.hasPrefix(prefix) else { return whole }
        return whole + [root + "/" + document.path.dropFirst(prefix.count)]
    }

    private static func isMissing(_ path: String) -> Bool {
        access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }
}

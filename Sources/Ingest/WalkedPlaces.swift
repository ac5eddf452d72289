import CourseStore

/// Which folders a run has read and what in them it could not see: the ground for calling a document vanished.
struct WalkedPlaces {
    enum Sight {
        /// Of a folder that this run was not about, or met under its own name and failed or passed over.
        case elsewhere
        /// Under a folder that could not be read: it may be there.
        case unseen
        /// Not there where it was.
        case gone
    }

    private var roots: Set<String> = []
    /// Root and relative name; each also under the empty root, for documents whose root is not known.
    private var hidden: Set<String> = []
    private var hiddenRoots: Set<String> = []

    mutating func read(_ root: String) { roots.insert(root) }

    /// A folder that was moved: what it held is now to be found in `other`.
    mutating func moved(_ root: String, to other: String) {
        if roots.contains(other) { roots.insert(root) }
    }

    /// Nothing under `name` is known; an empty name stands for the whole root.
    mutating func hide(_ name: String, root: String) {
        guard !name.isEmpty else {
            hiddenRoots.insert(root)
            return
        }
        for name in [name, FileWalk.lastComponent(root) + "/" + name] {
            hidden.insert("\(root)\u{0}\(name)")
            hidden.insert("\u{0}\(name)")
        }
    }

    /// What the walk says of a document that is not among its files.
    func sight(of document: Document) -> Sight {
        let root = document.root
        if root.isEmpty ? !hiddenRoots.isEmpty && !roots.isEmpty : hiddenRoots.contains(root) { return .unseen }
        guard root.isEmpty ? !roots.isEmpty : roots.contains(root) else { return .elsewhere }
        if hidden.contains("\(root)\u{0}\(document.path)") { return .elsewhere }
        let path = document.path
        for end in path.indices where path[end] == "/" {
            if hidden.contains("\(root)\u{0}\(path[..<end])") { return .unseen }
        }
        return .gone
    }
}

import CourseStore
import Extraction
import Glibc

/// Gives each file its name in the course, so that no folder's document takes the place of another folder's.
///
/// A document keeps the name that it has. A new one is named relative to its root, or `<root's last part>/name` where
/// that name is another folder's. A folder that was moved as a whole is the same folder. Blocks: it may hash files.
struct DocumentNames {
    private(set) var files: [FileWalk.Found] = []
    private(set) var failures: [FileWalk.Failure] = []
    /// Former roots that are gone from the disk, each with the root of this run that holds its documents now.
    private(set) var movedRoots: [String: String] = [:]

    private let documents: [String: Document]
    private var claimed: Set<String> = []
    private var hashes: [String: String] = [:]

    init(_ found: [FileWalk.Found], documents: [Document]) {
        self.documents = Dictionary(documents.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        findMovedRoots(found)
        var names = [String?](repeating: nil, count: found.count)
        for qualified in [false, true] {
            for (index, file) in found.enumerated() where names[index] == nil {
                names[index] = ownName(of: file, qualified: qualified)
            }
        }
        for (index, file) in found.enumerated() {
            let candidates = [file.name, Self.qualified(file.name, file.root)]
            guard let name = names[index] ?? candidates.first(where: { claim($0, for: file) }) else {
                failures.append(.init(name: file.path, root: file.root, error: .sameName(file.name)))
                continue
            }
            var file = file
            file.name = name
            files.append(file)
        }
    }

    /// The name under which the course has this very file, relative or qualified by its root.
    private mutating func ownName(of file: FileWalk.Found, qualified: Bool) -> String? {
        let formerRoots = movedRoots.filter { $0.value == file.root }.map(\.key).sorted()
        for root in [file.root] + formerRoots {
            let name = qualified ? Self.qualified(file.name, root) : file.name
            guard let document = documents[name] else { continue }
            guard document.root == root || document.root.isEmpty && !qualified else { continue }
            if claimed.insert(name).inserted { return name }
        }
        return nil
    }

    /// A name is free when no document has it, or when the document is this file, met in another folder before.
    private mutating func claim(_ name: String, for file: FileWalk.Found) -> Bool {
        guard !claimed.contains(name) else { return false }
        if let document = documents[name], !document.root.isEmpty, !holds(file, document) { return false }
        claimed.insert(name)
        return true
    }

    private mutating func holds(_ file: FileWalk.Found, _ document: Document) -> Bool {
        guard file.byteCount == document.byteCount else { return false }
        if hashes[file.path] == nil { hashes[file.path] = try? FileReading.hash(of: file.path) }
        return hashes[file.path] == document.contentHash
    }

    /// A root counts as moved when it is no longer there and one of this run holds at least half of its documents
    /// unchanged: a name such as `intro.md` alone proves nothing.
    private mutating func findMovedRoots(_ found: [FileWalk.Found]) {
        let current = Set(found.map(\.root))
        let others = Dictionary(grouping: documents.values, by: \.root).filter { root, _ in
            !root.isEmpty && !current.contains(root) && access(root, F_OK) != 0
        }
        guard !others.isEmpty else { return }
        for (root, documents) in others.sorted(by: { $0.key < $1.key }) {
            let byPath = Dictionary(documents.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
            var kept: [String: Int] = [:]
            for file in found {
                guard let document = byPath[file.name] ?? byPath[Self.qualified(file.name, root)] else { continue }
                if holds(file, document) { kept[file.root, default: 0] += 1 }
            }
            let best = kept.max { ($0.value, $1.key) < ($1.value, $0.key) }
            if let best, best.value * 2 >= documents.count { movedRoots[root] = best.key }
        }
    }

    private static func qualified(_ name: String, _ root: String) -> String {
        FileWalk.lastComponent(root) + "/" + name
    }
}

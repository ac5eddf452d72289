import Ingest
import Support

/// The originals of all courses, each kept as long as some document needs it.
///
/// Keeping one and letting one go wait for each other, so that none is removed between its arrival and the moment when
/// its document is known. Who needs one is looked up before that, without keeping anybody waiting.
package struct OriginalShelf: Sendable {
    package let store: OriginalStore
    /// Where they are kept for other machines too; nil where this one is the only one.
    private let archive: (any OriginalArchive)?
    private let documents: any DocumentIntake
    let courses: any CourseDocuments
    private let turnstile = Turnstile()
    private let looks = Locked(Looks())
    private let queue = BlockingQueue(label: "originals")
    private let log: Log

    package init(
        store: OriginalStore, archive: (any OriginalArchive)? = nil, documents: any DocumentIntake,
        courses: any CourseDocuments, log: Log
    ) {
        self.store = store
        self.archive = archive
        self.documents = documents
        self.courses = courses
        self.log = log
    }

    /// Makes a file that arrived whole an original, then runs `accept`, which makes its document known.
    func keep<Value: Sendable>(
        _ upload: UploadSpool.Whole, then accept: @Sendable () async throws -> Value
    ) async throws -> Value {
        // Takes as long as the network does: nobody waits for it.
        try await archive?.keep(upload.hash, from: upload.path)
        return try await turnstile.pass {
            looks.withLock { $0.arrived(upload.hash) }
            try await queue.run { [store] in try store.adopt(temporaryFile: upload.path, hash: upload.hash) }
            let value = try await accept()
            // Another process may have let it go in the moment before it was needed again.
            try await archive?.keep(upload.hash, from: store.path(of: upload.hash))
            return value
        }
    }

    /// Where an original is, brought here if need be. There need not be a file of that name where there is no archive.
    /// - Throws: the archive's errors.
    package func path(of hash: String) async throws -> String {
        try await archive?.bring(hash)
        return store.path(of: hash)
    }

    /// Removes an original that no document of any course has, and that no upload waits for. A failure is only logged:
    /// what is left over takes space, and nothing else.
    func dropIfUnused(_ hash: String) async { await dropUnused([hash]) }

    /// The same for several, for one look into every course.
    func dropUnused(_ hashes: Set<String>) async {
        do {
            let open = looks.withLock { looks in hashes.map { (hash: $0, look: looks.begin($0)) } }
            defer { looks.withLock { looks in for each in open { looks.end(each.look) } } }
            var unused: Set<String> = []
            for hash in hashes where try await !documents.needs(original: hash) { unused.insert(hash) }
            guard !unused.isEmpty else { return }
            // Every course is opened for this: uploads do not wait for it.
            do {
                unused.subtract(try await courses.held(of: unused))
            } catch {
                return log.warning("originals are kept, for a course cannot be opened", ["error": error.label])
            }
            for (hash, look) in open where unused.contains(hash) { try await drop(hash, look) }
        } catch {
            log.warning("an original is left over", ["error": error.label])
        }
    }

    private func drop(_ hash: String, _ look: Int) async throws {
        try await turnstile.pass {
            // The content may have arrived again meanwhile, and may be in a course by now.
            guard try await !documents.needs(original: hash), looks.withLock({ $0.isTrue(look) }) else { return }
            try await archive?.remove(hash)
            try await queue.run { [store] in try store.remove(hash) }
        }
    }
}

/// The looks for whoever needs an original, as long as they last: one is true until that content arrives again.
private struct Looks {
    private var open: [Int: (hash: String, isTrue: Bool)] = [:]
    private var last = 0

    mutating func begin(_ hash: String) -> Int {
        last += 1
        open[last] = (hash, true)
        return last
    }

    mutating func arrived(_ hash: String) {
        for (look, entry) in open where entry.hash == hash { open[look]?.isTrue = false }
    }

    func isTrue(_ look: Int) -> Bool { open[look]?.isTrue ?? false }

    mutating func end(_ look: Int) { open[look] = nil }
}

import Extraction
import Glibc
import Support

extension OriginalStore {
    /// How long what nobody seems to need is left alone, for its document may be on its way.
    package static let grace = Duration.seconds(86_400)
    /// The names of files that one ingest of a server makes beside the originals begin so.
    static let linkPrefix = ".link-"

    /// Removes what is left over: links and half-written copies of runs that were killed, and originals that nobody
    /// needs. Blocking; when a server starts, by the one server of the folder.
    /// - Parameter inUse: as of `unused`; nil when it is not known, then no original is removed.
    /// - Returns: how many originals were removed; 0 while a document is being brought into a course.
    /// - Throws: `originalNotKept`.
    @discardableResult
    package func tidy(inUse: Set<String>?, now: Timestamp = SystemTime().now) throws(IngestError) -> Int {
        sweep(now: now)
        for name in entries() where name.hasPrefix(Self.linkPrefix) { unlink("\(folder)/\(name)") }
        guard let inUse else { return 0 }
        return try unlessOneIsKept { () throws(IngestError) in
            var removed = 0
            for hash in unused(inUse: inUse, now: now) where try unlinkOriginal(hash) { removed += 1 }
            return removed
        } ?? 0
    }

    /// The originals that no document needs.
    /// - Parameters:
    ///   - inUse: the content hashes of all documents of all courses that share the folder, and of what waits to be
    ///     ingested.
    ///   - age: what was kept later than this is left out, for its document may be on its way.
    package func unused(
        inUse: Set<String>, olderThan age: Duration = grace, now: Timestamp = SystemTime().now
    ) -> [String] {
        let limit = Int(now.seconds - age.components.seconds)
        return entries().filter { name in
            Self.isHash(name) && !inUse.contains(name) && isUnchanged(name, since: limit)
        }.sorted()
    }

    /// Removes copies and links that a killed run left more than a day ago.
    func sweep(now: Timestamp = SystemTime().now) {
        let limit = Int(now.seconds - Self.grace.components.seconds)
        for name in entries() where name.hasPrefix(Self.linkPrefix) || name.hasPrefix(".") && name.utf8.count > 64 {
            if isUnchanged(name, since: limit) { unlink("\(folder)/\(name)") }
        }
    }

    /// The change of the name counts, not of the content: an upload may have been written long before, and a link has
    /// the times of what it stands for.
    private func isUnchanged(_ name: String, since limit: Int) -> Bool {
        var information = stat()
        return stat("\(folder)/\(name)", &information) == 0 && information.st_ctim.tv_sec <= limit
    }

    private func entries() -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) { names.append(FileReading.name(of: entry)) }
        return names
    }
}

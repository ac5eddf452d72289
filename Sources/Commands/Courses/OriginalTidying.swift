import ChatService
import Ingest
import Support

/// What a server does with the originals when it starts: what no course and no upload needs is removed.
struct OriginalTidying: Sendable {
    let originals: OriginalStore
    let courses: CourseFolder
    let uploads: any DocumentIntake
    let log: Log

    /// A failure is only logged: what is left over takes space, and nothing else. Before the first upload.
    func run(now: Timestamp = SystemTime().now) async {
        let blocking = BlockingQueue(label: "originals")
        do {
            // Uploads first: one that becomes a document in between is then seen twice, not never.
            let old = try await blocking.run { [originals] in originals.unused(inUse: [], now: now) }
            var inUse: Set<String> = []
            for hash in old where try await uploads.needs(original: hash) { inUse.insert(hash) }
            let stored = old.isEmpty ? [] : await contents()
            let all = stored.map { inUse.union($0) }
            let removed = try await blocking.run { [originals] in try originals.tidy(inUse: all, now: now) }
            if removed > 0 { log.info("unused originals removed", ["count": "\(removed)"]) }
        } catch {
            log.warning("originals are left over", ["error": error.label])
        }
    }

    /// The content hashes of the documents of all courses; nil when one of them cannot be read.
    private func contents() async -> Set<String>? {
        var hashes: Set<String> = []
        do {
            for course in try await courses.ids() {
                let documents = try await courses.peek(course) { try await $0.documents() }
                hashes.formUnion((documents ?? []).map(\.contentHash))
            }
            return hashes
        } catch {
            log.warning("originals are left over: a course cannot be opened", ["error": error.label])
            return nil
        }
    }
}

import ChatService
import CourseStore
import Embedding
import Glibc
import Retrieval
import Support

/// The courses of a data folder: one SQLite file each, opened when first asked for.
///
/// At most `openLimit` files are held open, for each may hold 256 MiB of vectors; the one unused for longest is let go.
final class CourseFolder: CourseLibrary {
    private struct Entry {
        let file: CourseFile
        var lastUse: Int
    }

    private struct State {
        var uses = 0
        var open: [CourseID: Entry] = [:]
    }

    private let folder: String
    private let embedder: any Embedder
    private let openLimit: Int
    private let state = Locked(State())
    private let queue = BlockingQueue(label: "courses")

    /// - Parameter data: the data folder; courses are in `courses/` beneath it.
    init(data: String, embedder: any Embedder, openLimit: Int = 8) {
        folder = data + "/courses"
        self.embedder = embedder
        self.openLimit = openLimit
    }

    func ids() async throws -> [CourseID] { Self.names(in: folder) }

    func courses() async throws -> [CourseSummary] {
        var summaries: [CourseSummary] = []
        for id in Self.names(in: folder) {
            if let summary = try await course(id) { summaries.append(summary) }
        }
        return summaries
    }

    func course(_ id: CourseID) async throws -> CourseSummary? {
        guard let file = try await file(for: id) else { return nil }
        let counts = try await file.counts()
        return CourseSummary(id: id, title: id.name, documents: counts.documents, chunks: counts.chunks)
    }

    func retriever(for id: CourseID) async throws -> Retriever? {
        try await file(for: id).map { Retriever(course: $0, embedder: embedder) }
    }

    /// The course's file; nil when there is none and `create` is false.
    func file(for id: CourseID, create: Bool = false) async throws -> CourseFile? {
        let path = "\(folder)/\(id).sqlite"
        guard create || access(path, F_OK) == 0 else {
            state.withLock { $0.open[id] = nil }
            return nil
        }
        if let file = remembered(id) { return file }
        let space = embedder.space
        return try await queue.run { [self] in
            // Another task may have opened it while this one waited for the queue.
            if let file = remembered(id) { return file }
            let file = try CourseFile(path: path, course: id, space: space)
            state.withLock { state in
                state.uses += 1
                state.open[id] = Entry(file: file, lastUse: state.uses)
                if state.open.count > openLimit,
                    let oldest = state.open.min(by: { $0.value.lastUse < $1.value.lastUse })
                {
                    state.open[oldest.key] = nil
                }
            }
            return file
        }
    }

    /// Deletes the course's file for good.
    func remove(_ id: CourseID) async throws {
        let entry = state.withLock { $0.open.removeValue(forKey: id) }
        await entry?.file.close()
        let path = "\(folder)/\(id).sqlite"
        try await queue.run {
            for tail in ["", "-wal", "-shm"] { unlink(path + tail) }
        }
    }

    private func remembered(_ id: CourseID) -> CourseFile? {
        state.withLock { state in
            guard state.open[id] != nil else { return nil }
            state.uses += 1
            state.open[id]?.lastUse = state.uses
            return state.open[id]?.file
        }
    }

    /// What to say of a course that is not there.
    func unknown(_ id: CourseID) -> CommandFailure {
        let names = Self.names(in: folder).map(\.name)
        let hint =
            names.isEmpty
            ? "'gepeto ingest PATH --course \(id)' makes it." : "There are: \(names.joined(separator: ", "))."
        return CommandFailure("unknown_course", "there is no course '\(id)' in \(folder). \(hint)")
    }

    /// The course a command speaks of: `--course`, or the only one there is.
    static func courseID(_ arguments: Arguments, _ configuration: Configuration) throws -> CourseID {
        if let name = arguments["--course"] { return try CourseID(name) }
        let names = names(in: configuration.data + "/courses")
        guard names.count == 1 else {
            let hint = names.isEmpty ? "" : " There are: \(names.map(\.name).joined(separator: ", "))."
            throw UsageError("which course? Say --course C.\(hint)")
        }
        return names[0]
    }

    private static func names(in folder: String) -> [CourseID] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [CourseID] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".sqlite"), let id = try? CourseID(String(name.dropLast(7))) { names.append(id) }
        }
        return names.sorted()
    }
}

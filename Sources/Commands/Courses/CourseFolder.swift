import ChatService
import CourseStore
import Embedding
import Glibc
import Retrieval
import Support

/// The courses that a process works with: one SQLite file each, opened when first asked for.
///
/// At most `openLimit` files are held open, for each may hold codes in memory (`VectorMemory`); the one unused for longest is let go.
/// A file that cannot be opened is an error of that course alone.
final class CourseFolder: CourseLibrary {
    private struct Entry {
        let file: CourseFile
        let path: String
        var lastUse: Int
        /// When the file was last seen in its place.
        var seenAt: Duration
    }

    /// What was counted in a course that is not open, and of which state of its file.
    private struct Known {
        let stamp: FileStamp
        let summary: CourseSummary
    }

    private struct State {
        var uses = 0
        var open: [CourseID: Entry] = [:]
        /// At most one for each file of the folder.
        var known: [CourseID: Known] = [:]
        /// The label of the trouble last logged for a course, so that each is logged once.
        var troubles: [CourseID: String] = [:]
    }

    private static let trustTime = Duration.seconds(1)

    let places: any CoursePlaces
    private let embedder: any Embedder
    private let calibration: EvidenceCalibration?
    private let openLimit: Int
    private let log: Log
    private let time: any TimeSource
    private let state = Locked(State())
    private let queue = BlockingQueue(label: "courses")
    /// For a look at the folder, which shall not wait until a course is opened.
    private let looks = BlockingQueue(label: "course-names")

    /// - Parameter calibration: of evidence; the one shipped for the embedder's model when nil.
    init(
        _ places: any CoursePlaces, embedder: any Embedder, calibration: EvidenceCalibration? = nil, openLimit: Int = 8,
        log: Log = .silent, time: any TimeSource = SystemTime()
    ) {
        self.places = places
        self.embedder = embedder
        self.calibration = calibration
        self.openLimit = openLimit
        self.log = log
        self.time = time
    }

    /// The courses of a data folder.
    convenience init(
        data: String, embedder: any Embedder, calibration: EvidenceCalibration? = nil, openLimit: Int = 8,
        log: Log = .silent, time: any TimeSource = SystemTime()
    ) {
        self.init(
            LocalCourses(data: data), embedder: embedder, calibration: calibration, openLimit: openLimit, log: log,
            time: time)
    }

    static func folder(in data: String) -> String { data + "/courses" }

    func ids() async throws -> [CourseID] { try await looks.run { [places] in places.ids() } }

    /// Whether there is a course at all; opens none.
    var hasCourses: Bool { !places.ids().isEmpty }

    /// The courses that can be opened; the others are logged. Leaves the set of open files as it is.
    func courses() async throws -> [CourseSummary] {
        let ids = try await ids()
        var summaries: [CourseSummary] = []
        for id in ids {
            do {
                if let summary = try await summary(id) { summaries.append(summary) }
                wentWell(id)
            } catch {
                try Task.checkCancellation()
                complain(id, error)
            }
        }
        state.withLock { state in state.known = state.known.filter { ids.contains($0.key) } }
        return summaries
    }

    /// Asked for each question, on an event loop: a course that is open and was seen in its place within `trustTime` is
    /// there, without a look at the disk. So one that another process deletes is missed that much later.
    /// - Throws: `Problem` 503 when there is such a course but its file cannot be opened.
    func exists(_ id: CourseID) async throws -> Bool {
        if wasJustSeen(id) { return true }
        return try await explained(id) {
            guard let path = try await present(id) else { return false }
            if remembered(id, at: path) == nil { _ = try await open(id, at: path) }
            return true
        }
    }

    /// - Throws: `Problem` 503 when there is such a course but its file cannot be used.
    func course(_ id: CourseID) async throws -> CourseSummary? {
        try await explained(id) {
            guard let file = try await file(for: id) else { return nil }
            return try await Self.summary(of: file)
        }
    }

    /// - Throws: `Problem` 503 when there is such a course but its file cannot be used.
    func retriever(for id: CourseID) async throws -> Retriever? {
        try await explained(id) { try await file(for: id).map(retriever(of:)) }
    }

    /// A retriever of a course of this folder.
    func retriever(of file: CourseFile) -> Retriever {
        Retriever(course: file, embedder: embedder, calibration: calibration)
    }

    /// The course's file; nil when there is none.
    func file(for id: CourseID) async throws -> CourseFile? {
        guard let path = try await present(id) else { return nil }
        if let file = remembered(id, at: path) { return file }
        return try await open(id, at: path)
    }

    /// The file of a course, which is made when there is none.
    func madeFile(for id: CourseID) async throws -> CourseFile? {
        if let file = try await file(for: id) { return file }
        _ = try await makeFile(for: id)
        return try await file(for: id)
    }

    /// The same, as staff expect it who have just changed something.
    func newestFile(for id: CourseID) async throws -> CourseFile? {
        _ = try await places.newest(id)
        return try await file(for: id)
    }

    /// Where the course's file is now; nil when there is none.
    private func present(_ id: CourseID) async throws -> String? {
        if let path = try await places.path(of: id) { return path }
        state.withLock { $0.open.removeValue(forKey: id)?.file.retire() }
        return nil
    }

    private func open(_ id: CourseID, at path: String) async throws -> CourseFile {
        let space = embedder.space
        return try await queue.run { [self] in
            // Another task may have opened it while this one waited for the queue.
            if let file = remembered(id, at: path) { return file }
            let file = try CourseFile(path: path, course: id, space: space)
            let now = time.elapsed
            state.withLock { state in
                state.uses += 1
                state.open[id] = Entry(file: file, path: path, lastUse: state.uses, seenAt: now)
                if state.open.count > openLimit,
                    let oldest = state.open.min(by: { $0.value.lastUse < $1.value.lastUse })
                {
                    state.open.removeValue(forKey: oldest.key)?.file.retire()
                }
            }
            return file
        }
    }

    /// Makes an empty course; false when there is one of that name.
    func makeCourse(_ id: CourseID) async throws -> Bool { try await explained(id) { try await makeFile(for: id) } }

    private func makeFile(for id: CourseID) async throws -> Bool {
        let (queue, space) = (queue, embedder.space)
        return try await places.create(id) { path in
            try await queue.run { try CourseFile(path: path, course: id, space: space) }.close()
        }
    }

    /// The file of a course without making it one of the open ones; `body` must not let it out.
    /// - Parameter mustBeCurrent: whether an older copy will not do.
    func peek<Value: Sendable>(
        _ id: CourseID, mustBeCurrent: Bool = false, _ body: (CourseFile) async throws -> Value
    ) async throws -> Value? {
        let place = try await mustBeCurrent ? places.current(id) : places.path(of: id)
        guard let path = place else { return nil }
        if let file = openFile(id, at: path) { return try await body(file) }
        return try await aside(id, path, body)
    }

    /// Changes a course's file, which need not be the one that questions are answered from.
    /// - Returns: nil when there is no such course.
    func change<Value: Sendable>(
        _ id: CourseID, isChange: @Sendable (Value) -> Bool = { _ in true },
        _ body: @Sendable (CourseFile) async throws -> Value
    ) async throws -> Value? {
        try await places.change(id, isChange: isChange) { [self] path in
            if let file = openFile(id, at: path) { return try await body(file) }
            return try await aside(id, path, body)
        }
    }

    private func openFile(_ id: CourseID, at path: String) -> CourseFile? {
        state.withLock { $0.open[id].flatMap { $0.path == path ? $0.file : nil } }
    }

    private func aside<Value: Sendable>(
        _ id: CourseID, _ path: String, _ body: (CourseFile) async throws -> Value
    ) async throws -> Value {
        let space = embedder.space
        let file = try await queue.run { try CourseFile(path: path, course: id, space: space) }
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(file)) } catch { outcome = .failure(error) }
        await file.close()
        return try outcome.get()
    }

    /// Deletes the course's file for good.
    func remove(_ id: CourseID) async throws {
        let entry = state.withLock { $0.open.removeValue(forKey: id) }
        await entry?.file.close()
        try await places.remove(id)
    }

    /// A course's summary, without making it one of the open ones: a list of all courses must not drive out the vectors
    /// of those that students are asking.
    private func summary(_ id: CourseID) async throws -> CourseSummary? {
        guard let path = try await places.path(of: id) else { return nil }
        if let file = openFile(id, at: path) { return try await Self.summary(of: file) }
        guard let stamp = FileStamp(database: path) else { return nil }
        if let known = state.withLock({ $0.known[id] }), known.stamp == stamp { return known.summary }
        let summary = try await aside(id, path, Self.summary)
        // Changed meanwhile: then it is counted again next time.
        if FileStamp(database: path) == stamp {
            state.withLock { $0.known[id] = Known(stamp: stamp, summary: summary) }
        }
        return summary
    }

    private static func summary(of file: CourseFile) async throws -> CourseSummary {
        let counts = try await file.counts()
        return CourseSummary(
            id: file.course, title: file.course.name, documents: counts.documents, chunks: counts.chunks)
    }

    /// Runs `body`; what goes wrong with the file is logged for the staff and put into words for a client.
    func explained<Value: Sendable>(_ id: CourseID, _ body: () async throws -> Value) async throws -> Value {
        do {
            let value = try await body()
            wentWell(id)
            return value
        } catch let error where !(error is CancellationError) {
            complain(id, error)
            throw Problem(
                503, "course_unavailable", "Not available just now",
                "The course '\(id)' cannot be opened; the staff find out why with 'gepeto doctor'.",
                headers: ["retry-after": "60"])
        }
    }

    private func complain(_ id: CourseID, _ error: any Error) {
        let isNew = state.withLock { $0.troubles.updateValue(error.label, forKey: id) != error.label }
        guard isNew else { return }
        log.error("a course cannot be opened", ["course": id.name, "error": error.label, "reason": error.sentence])
    }

    private func wentWell(_ id: CourseID) { state.withLock { $0.troubles[id] = nil } }

    /// The open file of a course that has just been seen in that place. One that has become another is let go: whoever
    /// works with it goes on.
    private func remembered(_ id: CourseID, at path: String) -> CourseFile? {
        let now = time.elapsed
        return state.withLock { state in
            guard var entry = state.open[id] else { return nil }
            guard entry.path == path else {
                state.open.removeValue(forKey: id)?.file.retire()
                return nil
            }
            state.uses += 1
            entry.lastUse = state.uses
            entry.seenAt = now
            state.open[id] = entry
            return entry.file
        }
    }

    private func wasJustSeen(_ id: CourseID) -> Bool {
        let (now, path) = (time.elapsed, places.known(id))
        return state.withLock { state in
            guard let entry = state.open[id], entry.path == path, now - entry.seenAt < Self.trustTime else {
                return false
            }
            state.uses += 1
            state.open[id]?.lastUse = state.uses
            return true
        }
    }

    /// What to say of a course that is not there.
    func unknown(_ id: CourseID) -> CommandFailure {
        let names = places.ids().map(\.name)
        let hint =
            names.isEmpty
            ? "'gepeto ingest PATH --course \(id)' makes it." : "There are: \(names.joined(separator: ", "))."
        return CommandFailure("unknown_course", "there is no course '\(id)' in \(places.name). \(hint)")
    }

    /// The course a command speaks of: `--course`, or the only one there is.
    /// - Throws: `UsageError`.
    static func courseID(_ arguments: Arguments, _ configuration: Configuration) throws -> CourseID {
        if let name = arguments["--course"] {
            do { return try CourseID(name) } catch { throw UsageError(error.sentence) }
        }
        let names = names(in: folder(in: configuration.data))
        guard names.count == 1 else {
            let hint = names.isEmpty ? "" : " There are: \(names.map(\.name).joined(separator: ", "))."
            throw UsageError("which course? Say --course C.\(hint)")
        }
        return names[0]
    }

    /// The names of the course files, sorted.
    static func names(in folder: String) -> [CourseID] {
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

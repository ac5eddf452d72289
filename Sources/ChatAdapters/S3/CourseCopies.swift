import Support

/// What the room of course files can do with one, for those who may not know it: `CourseFile` in production.
package protocol CourseFileTools: Sendable {
    /// Writes what the file holds at this moment into a new one, while others work with it (`VACUUM INTO`).
    func copy(_ path: String, to target: String) async throws
    /// Opens the file as questions do and closes it again.
    /// - Throws: `CloudDocumentsError.newerVersion` or `unusable`, when it is not for this program.
    func check(_ path: String, of course: CourseID) async throws
}

/// Verified local copies of the courses in S3, each of the version that was current when last looked.
///
/// A new version becomes another file: questions that began with the old one end with it, the next ones get the new. Old
/// files are removed `grace` later, when no question can be at work on them any more. Safe to use from any task.
package final class CourseCopies: Sendable {
    /// A course's file.
    private struct Copy {
        var current: CourseSnapshots.Current
        let path: String
    }

    private struct State {
        var copies: [CourseID: Copy] = [:]
        /// Pointers that were read and lead to no usable file, by what was wrong: looked at again when they change.
        var refused: [CourseID: (current: CourseSnapshots.Current, error: CloudDocumentsError)] = [:]
        var retired: [(path: String, at: Duration)] = []
    }

    /// No job is older: the contract's five minutes, twice.
    static let grace = Duration.seconds(600)

    let snapshots: CourseSnapshots
    let folder: String
    let tools: any CourseFileTools
    private let log: Log
    private let time: any TimeSource
    private let state = Locked(State())
    /// One look at a time.
    private let turnstile = Turnstile()

    /// - Parameter folder: of these copies alone.
    package init(
        _ snapshots: CourseSnapshots, folder: String, tools: any CourseFileTools, log: Log,
        time: any TimeSource = SystemTime()
    ) {
        self.snapshots = snapshots
        self.folder = folder
        self.tools = tools
        self.log = log
        self.time = time
    }

    /// The courses that have a copy, sorted.
    package var courses: [CourseID] { state.withLock { $0.copies.keys.sorted() } }

    /// Where the current copy of a course is: to be asked for each question, for it changes.
    package func path(of course: CourseID) -> String? { state.withLock { $0.copies[course]?.path } }

    /// What is wrong with the newest version of a course, when something is.
    package func trouble(of course: CourseID) -> CloudDocumentsError? { state.withLock { $0.refused[course]?.error } }

    /// Makes the folder and empties it of what a former process has left.
    package func prepare() async throws {
        try await LocalFiles.makeFolder(folder)
        for name in try await LocalFiles.names(in: folder) { await LocalFiles.remove("\(folder)/\(name)") }
    }

    /// Looks at all courses once, and fetches what has changed. One course's trouble is logged and keeps none of the others.
    /// - Throws: what keeps the list of courses from being read; `CancellationError`.
    package func refresh() async throws {
        let etags = try await snapshots.etags()
        for (course, etag) in etags.sorted(by: { $0.key < $1.key }) where needsLook(course, etag) {
            do {
                try await refresh(course)
            } catch let error where !(error is CancellationError) {
                log.error(
                    "a course cannot be fetched",
                    ["course": course.name, "error": error.label, "reason": error.sentence])
            }
        }
        for course in courses where etags[course] == nil { drop(course) }
        await removeRetired()
    }

    private func needsLook(_ course: CourseID, _ etag: String) -> Bool {
        state.withLock { state in
            state.copies[course]?.current.etag != etag && state.refused[course]?.current.etag != etag
        }
    }

    /// Looks at one course, and fetches its snapshot when that is another than the copy's.
    /// - Returns: what is current; nil when there is no such course (any more).
    /// - Throws: `CloudDocumentsError`, also while a refused version is still the newest; as `CourseSnapshots`.
    @discardableResult
    package func refresh(_ course: CourseID) async throws -> CourseSnapshots.Current? {
        try await turnstile.pass { [self] in
            let known = state.withLock { $0.copies[course]?.current ?? $0.refused[course]?.current }
            guard let current = try await snapshots.current(course, known: known), let hash = current.pointer.hash
            else {
                drop(course)
                return nil
            }
            if let refused = state.withLock({ $0.refused[course] }), refused.current == current { throw refused.error }
            if state.withLock({
                $0.copies[course]?.current.pointer.hash == hash
                    && $0.copies[course]?.current.pointer.incarnation == current.pointer.incarnation
            }) {
                state.withLock { $0.copies[course]?.current = current }
                return current
            }
            do {
                put(course, current, try await fetched(course, hash))
            } catch let error as CloudDocumentsError {
                state.withLock { $0.refused[course] = (current, error) }
                throw error
            }
            return current
        }
    }

    /// A new file with the snapshot, checked.
    private func fetched(_ course: CourseID, _ hash: String) async throws -> String {
        // A name of its own for each fetch: one that was removed may still be open.
        let path = "\(folder)/\(course).\(hash.prefix(16)).\(RandomIdentifier.make().prefix(8)).sqlite"
        let partial = path + ".part"
        do {
            try await snapshots.fetch(course, hash: hash, to: partial)
            try await tools.check(partial, of: course)
            await LocalFiles.removeBeside(partial)
            try await LocalFiles.move(partial, to: path)
        } catch {
            await LocalFiles.remove(partial)
            throw error
        }
        return path
    }

    private func put(_ course: CourseID, _ current: CourseSnapshots.Current, _ path: String) {
        let now = time.elapsed
        state.withLock { state in
            if let old = state.copies[course] { state.retired.append((old.path, now)) }
            state.copies[course] = Copy(current: current, path: path)
            state.refused[course] = nil
        }
    }

    /// The copy has been changed here, and is what the pointer says now.
    func published(_ course: CourseID, _ current: CourseSnapshots.Current) {
        state.withLock { $0.copies[course]?.current = current }
    }

    /// What the copy was when it was fetched, or last published.
    func base(of course: CourseID) -> CourseSnapshots.Current? { state.withLock { $0.copies[course]?.current } }

    private func drop(_ course: CourseID) {
        let now = time.elapsed
        state.withLock { state in
            if let old = state.copies.removeValue(forKey: course) { state.retired.append((old.path, now)) }
            state.refused[course] = nil
        }
    }

    private func removeRetired() async {
        let now = time.elapsed
        let due = state.withLock { state in
            let due = state.retired.filter { now - $0.at >= Self.grace }.map(\.path)
            state.retired.removeAll { now - $0.at >= Self.grace }
            return due
        }
        for path in due { await LocalFiles.remove(path) }
    }
}

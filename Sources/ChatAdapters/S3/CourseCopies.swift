import Support

/// What the room of course files can do with one, for those who may not know it: `CourseFile` in production.
package protocol CourseFileTools: Sendable {
    /// Writes what the file holds at this moment into a new one, while others work with it (`VACUUM INTO`).
    func copy(_ path: String, to target: String) async throws
    /// Opens the file as questions do and closes it again.
    /// - Throws: `CloudDocumentsError.newerVersion` or `unusable`, when it is not for this program.
    func check(_ path: String, of course: CourseID) async throws
}

/// Verified local copies of the courses in S3, each of the version that was current when last looked; of courses that
/// somebody has asked for, the ones unused for longest going when the folder grows beyond its limit.
///
/// A new version becomes another file: questions that began with the old one end with it, the next ones get the new. Old
/// files are removed `grace` later, when no question can be at work on them any more. Safe to use from any task.
package final class CourseCopies: Sendable {
    /// A course's file.
    private struct Copy {
        var current: CourseSnapshots.Current
        let path: String
        var usedAt: Duration
    }

    private struct State {
        /// What was last read of each course, deleted ones too.
        var pointers: [CourseID: CourseSnapshots.Current] = [:]
        var copies: [CourseID: Copy] = [:]
        /// Pointers that lead to no usable file, by what was wrong: looked at again when they change.
        var refused: [CourseID: (current: CourseSnapshots.Current, error: CloudDocumentsError)] = [:]
        var retired: [(path: String, at: Duration)] = []
        /// One fetch of a course at a time.
        var turnstiles: [CourseID: Turnstile] = [:]

        mutating func retire(_ course: CourseID, at moment: Duration) {
            if let old = copies.removeValue(forKey: course) { retired.append((old.path, moment)) }
        }
    }

    /// No job is older: the contract's five minutes, twice.
    static let grace = Duration.seconds(600)

    let snapshots: CourseSnapshots
    let folder: String
    let tools: any CourseFileTools
    private let limit: Int64
    private let log: Log
    private let time: any TimeSource
    private let state = Locked(State())

    /// - Parameters:
    ///   - folder: of these copies alone.
    ///   - limit: bytes of the copies, apart from those used in the last ten minutes. None for a writer's, who may be at
    ///     work on one for longer.
    package init(
        _ snapshots: CourseSnapshots, folder: String, limit: Int64 = 8 << 30, tools: any CourseFileTools, log: Log,
        time: any TimeSource = SystemTime()
    ) {
        self.snapshots = snapshots
        self.folder = folder
        self.limit = limit
        self.tools = tools
        self.log = log
        self.time = time
    }

    /// The courses there were at the last look, sorted.
    package var courses: [CourseID] {
        state.withLock { $0.pointers.filter { $0.value.pointer.hash != nil }.keys.sorted() }
    }

    /// Where the copy of a course is, if there is one: to be asked for each question, for it changes.
    package func path(of course: CourseID) -> String? {
        let now = time.elapsed
        return state.withLock { state in
            state.copies[course]?.usedAt = now
            return state.copies[course]?.path
        }
    }

    /// Where the copy of a course is, fetched when there was none yet.
    /// - Returns: nil when there is no such course.
    /// - Throws: as `refresh(_:)`.
    package func bring(_ course: CourseID) async throws -> String? {
        if let path = path(of: course) { return path }
        try await refresh(course, unlessThere: true)
        return path(of: course)
    }

    /// What is wrong with the newest version of a course, when something is.
    package func trouble(of course: CourseID) -> CloudDocumentsError? { state.withLock { $0.refused[course]?.error } }

    /// Makes the folder and empties it of what a former process has left.
    package func prepare() async throws {
        try await LocalFiles.makeFolder(folder)
        for name in try await LocalFiles.names(in: folder) { await LocalFiles.remove("\(folder)/\(name)") }
    }

    /// Looks at all courses once, and fetches what has changed of those that have a copy. One course's trouble is logged
    /// and keeps none of the others.
    /// - Throws: what keeps the list of courses from being read; `CancellationError`.
    package func refresh() async throws {
        // In this order: a course that is made in between is seen the next time, not taken for deleted.
        let known = state.withLock { $0.pointers }
        let etags = try await snapshots.etags()
        for (course, etag) in etags where known[course]?.etag != etag {
            try await logged(course) { [self] in
                let current = try await snapshots.current(course)
                state.withLock { $0.pointers[course] = current }
            }
        }
        for course in known.keys where etags[course] == nil { drop(course) }
        let stale = state.withLock { state in
            state.copies.filter { course, copy in
                let newest = state.pointers[course]
                return copy.current != newest && state.refused[course]?.current != newest
            }.keys.sorted()
        }
        for course in stale { try await logged(course) { [self] in try await refresh(course) } }
        await removeRetired()
    }

    private func logged(_ course: CourseID, _ body: @Sendable () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error where !(error is CancellationError) {
            log.error(
                "a course cannot be fetched", ["course": course.name, "error": error.label, "reason": error.sentence])
        }
    }

    /// Looks at one course, and fetches its snapshot when that is another than the copy's.
    /// - Parameter unlessThere: whether any copy will do: of many who ask for a course at once one goes and looks.
    /// - Returns: what is current; nil when there is no such course (any more).
    /// - Throws: `CloudDocumentsError`, also while a refused version is still the newest; as `CourseSnapshots`.
    @discardableResult
    package func refresh(
        _ course: CourseID, unlessThere: Bool = false
    ) async throws -> CourseSnapshots.Current? {
        let turnstile = state.withLock { state in
            let turnstile = state.turnstiles[course] ?? Turnstile()
            state.turnstiles[course] = turnstile
            return turnstile
        }
        let newest = try await turnstile.pass { [self] () -> CourseSnapshots.Current? in
            let (copy, refused) = state.withLock { ($0.copies[course], $0.refused[course]) }
            if unlessThere, let copy { return copy.current }
            guard let current = try await snapshots.current(course, known: copy?.current ?? refused?.current),
                let hash = current.pointer.hash
            else {
                drop(course)
                return nil
            }
            state.withLock { $0.pointers[course] = current }
            if let refused, refused.current == current { throw refused.error }
            if copy?.current == current { return current }
            do {
                put(course, current, try await fetched(course, hash))
            } catch let error as CloudDocumentsError {
                state.withLock { $0.refused[course] = (current, error) }
                throw error
            }
            makeRoom()
            return current
        }
        await removeRetired()
        return newest
    }

    /// A new file with the snapshot, checked.
    private func fetched(_ course: CourseID, _ hash: String) async throws -> String {
        // A name of its own for each fetch: one that was retired may still be open.
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
            state.retire(course, at: now)
            state.copies[course] = Copy(current: current, path: path, usedAt: now)
            state.refused[course] = nil
        }
    }

    /// The copy has been changed here, and is what the pointer says now.
    func published(_ course: CourseID, _ current: CourseSnapshots.Current) {
        state.withLock { state in
            state.copies[course]?.current = current
            state.pointers[course] = current
        }
    }

    /// The copy has been changed here and shall not be used: the next one who asks fetches it anew.
    func discard(_ course: CourseID) {
        let now = time.elapsed
        state.withLock { $0.retire(course, at: now) }
    }

    /// What the copy was when it was fetched, or last published.
    func base(of course: CourseID) -> CourseSnapshots.Current? { state.withLock { $0.copies[course]?.current } }

    private func drop(_ course: CourseID) {
        let now = time.elapsed
        state.withLock { state in
            state.retire(course, at: now)
            state.pointers[course] = nil
            state.refused[course] = nil
        }
    }

    private func makeRoom() {
        let now = time.elapsed
        state.withLock { state in
            var total = state.copies.values.reduce(Int64(0)) { $0 + $1.current.pointer.size }
            for (course, copy) in state.copies.sorted(by: { $0.value.usedAt < $1.value.usedAt })
            where total > limit && now - copy.usedAt >= Self.grace {
                total -= copy.current.pointer.size
                state.retire(course, at: now)
            }
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

import Support

/// The writer's side of the courses in S3: a working file for each course, and its publication as a new snapshot.
///
/// For each change (`change`): prepare, write into the file, publish, and only then call the work done. A process that dies
/// in between leaves no trace: the next writer begins with the last snapshot. A publication is refused when the course has
/// changed since, so nothing of another's is ever lost; the lease keeps two from doing the same work at once.
package final class CourseWriter: Sendable {
    private struct State {
        /// Publications asked for, and those of them that a snapshot holds.
        var asked: [CourseID: Int] = [:]
        var covered: [CourseID: Int] = [:]
        var turnstiles: [CourseID: Turnstile] = [:]
    }

    private let copies: CourseCopies
    private let fence: (@Sendable () -> Int64?)?
    private let state = Locked(State())
    private let turnstile = Turnstile()

    /// - Parameters:
    ///   - copies: in a folder of the writer alone, which nobody refreshes by himself.
    ///   - fence: `WriterLease.fence`, without which nothing is written. nil for small changes that need no lease, such as
    ///     the removal of a document: they are made again when another was first.
    package init(_ copies: CourseCopies, fence: (@Sendable () -> Int64?)? = nil) {
        self.copies = copies
        self.fence = fence
    }

    /// Empties the writer's folder of what a former process has left: before anything else.
    package func prepareFolder() async throws { try await copies.prepare() }

    /// Runs `body` on the working file and publishes what it did. One change of a course at a time: what one is at work on
    /// must not become another file under its hands.
    /// - Parameters:
    ///   - body: when it throws the file is as before.
    ///   - isChange: whether there is anything to publish.
    /// - Throws: `CloudDocumentsError`: `superseded` when another was first or the lease is not held, `noSuchCourse` …; what
    ///   `body` throws. The course is as before then.
    package func change<Value: Sendable>(
        _ course: CourseID, isChange: @Sendable (Value) -> Bool = { _ in true },
        _ body: @Sendable (_ path: String) async throws -> Value
    ) async throws -> Value {
        let turnstile = state.withLock { state in
            let turnstile = state.turnstiles[course] ?? Turnstile()
            state.turnstiles[course] = turnstile
            return turnstile
        }
        return try await turnstile.pass { [self] in
            let value = try await body(prepare(course))
            guard isChange(value) else { return value }
            do {
                try await publish(course)
            } catch {
                // Else the next change would publish this one with it.
                copies.discard(course)
                throw error
            }
            return value
        }
    }

    /// Brings the working file up to the current snapshot, unless it has grown from it here.
    /// - Returns: the file to write into.
    /// - Throws: `CloudDocumentsError`: `superseded` when the lease is not held, `noSuchCourse` …
    package func prepare(_ course: CourseID) async throws -> String {
        _ = try token()
        guard try await copies.refresh(course) != nil, let path = copies.path(of: course) else {
            throw CloudDocumentsError.noSuchCourse(course)
        }
        return path
    }

    /// Makes what the working file holds the course's current snapshot. Those who ask while one is being made share the next.
    /// - Throws: `CloudDocumentsError.superseded` when the lease is not held, or another has written meanwhile.
    package func publish(_ course: CourseID) async throws {
        let ticket = state.withLock { state in
            state.asked[course, default: 0] += 1
            return state.asked[course, default: 0]
        }
        try await turnstile.pass { [self] in
            let (isCovered, covers) = state.withLock { state in
                (state.covered[course, default: 0] >= ticket, state.asked[course, default: 0])
            }
            guard !isCovered else { return }
            try await makeSnapshot(course)
            state.withLock { $0.covered[course] = covers }
        }
    }

    /// The fencing token to write with; nil where none is needed.
    private func token() throws(CloudDocumentsError) -> Int64? {
        guard let fence else { return nil }
        guard let token = fence() else { throw .superseded }
        return token
    }

    private func makeSnapshot(_ course: CourseID) async throws {
        let fence = try token()
        guard let path = copies.path(of: course), let base = copies.base(of: course) else {
            throw CloudDocumentsError.noSuchCourse(course)
        }
        let snapshot = "\(copies.folder)/\(course).\(RandomIdentifier.make().prefix(8)).snapshot"
        do {
            try await copies.tools.copy(path, to: snapshot)
            let current = try await copies.snapshots.publish(
                course, file: snapshot, over: base, fence: fence)
            copies.published(course, current)
        } catch {
            await LocalFiles.remove(snapshot)
            throw error
        }
        await LocalFiles.remove(snapshot)
    }
}

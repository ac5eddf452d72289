import ChatAdapters
import CourseStore
import SQLite
import Support

/// The courses in S3: copies for questions, and working files for those who change them.
struct CloudCourses: CoursePlaces {
    /// Times that a change is made again because another was first.
    private static let tries = 8

    let name: String
    let copies: CourseCopies
    /// For small changes, such as the removal of a document: they need no lease.
    private let editor: CourseWriter
    let snapshots: CourseSnapshots

    /// - Parameters:
    ///   - name: the setting's value, for sentences.
    ///   - folder: local, of this process alone.
    ///   - space: of the vectors that questions are searched with.
    init(
        _ name: String, _ snapshots: CourseSnapshots, folder: String, space: EmbeddingSpace, log: Log,
        time: any TimeSource = SystemTime()
    ) {
        let tools = CourseFiles(space: space)
        self.name = name
        self.snapshots = snapshots
        copies = CourseCopies(snapshots, folder: folder + "/read", tools: tools, log: log, time: time)
        editor = CourseWriter(
            CourseCopies(snapshots, folder: folder + "/edited", limit: 0, tools: tools, log: log, time: time))
    }

    func ids() -> [CourseID] { copies.courses }
    func known(_ id: CourseID) -> String? { copies.path(of: id) }
    func path(of id: CourseID) async throws -> String? { try await copies.bring(id) }

    func newest(_ id: CourseID) async throws -> String? {
        do {
            try await copies.refresh(id)
        } catch let error where copies.path(of: id) != nil && !(error is CancellationError) {
            // While S3 cannot be reached, or its newest version is of no use here, what there is goes on.
        }
        return copies.path(of: id)
    }

    func create(
        _ id: CourseID, _ make: @escaping @Sendable (_ path: String) async throws -> Void
    ) async throws -> Bool {
        let scratch = try TemporaryFolder()
        defer { withExtendedLifetime(scratch) {} }
        let (made, snapshot) = (scratch.path + "/made.sqlite", scratch.path + "/snapshot.sqlite")
        try await make(made)
        try await CourseFile.copyFile(at: made, to: snapshot)
        do {
            _ = try await snapshots.create(id, file: snapshot)
        } catch CloudDocumentsError.courseExists {
            return false
        }
        // It is in S3: that this process cannot see it yet is no failure of the making.
        _ = try? await copies.refresh(id)
        return true
    }

    func remove(_ id: CourseID) async throws {
        _ = try await snapshots.delete(id)
        _ = try? await copies.refresh(id)
    }

    func look() async throws { try await copies.refresh() }

    func current(_ id: CourseID) async throws -> String? {
        try await copies.refresh(id) == nil ? nil : copies.path(of: id)
    }

    func change<Value: Sendable>(
        _ id: CourseID, isChange: @Sendable (Value) -> Bool, _ body: @Sendable (_ path: String) async throws -> Value
    ) async throws -> Value? {
        for attempt in 1... {
            do {
                let value = try await editor.change(id, isChange: isChange, body)
                // It is in S3: that this process cannot read it yet is no failure of the change.
                if isChange(value) { _ = try? await copies.refresh(id) }
                return value
            } catch CloudDocumentsError.noSuchCourse {
                return nil
            } catch CloudDocumentsError.superseded where attempt < Self.tries {
                continue
            }
        }
        return nil
    }

    func supersede(_ id: CourseID) async throws { try await snapshots.supersede(id) }

    /// Empties the folders of what a former process has left, and looks which courses there are.
    func prepare() async throws {
        try await copies.prepare()
        try await editor.prepareFolder()
        try await copies.refresh()
    }
}

/// What course files can do, for the room that moves them about.
struct CourseFiles: CourseFileTools {
    let space: EmbeddingSpace

    func copy(_ path: String, to target: String) async throws { try await CourseFile.copyFile(at: path, to: target) }

    func check(_ path: String, of course: CourseID) async throws {
        do {
            let file = try await BlockingQueue(label: "course-check").run { [space] in
                try CourseFile(path: path, course: course, space: space)
            }
            await file.close()
        } catch let error as SQLiteError where error.kind == .newerVersion {
            throw CloudDocumentsError.newerVersion(course, reason: error.detail)
        } catch let error as any ExplainedError {
            throw CloudDocumentsError.unusable(course, reason: error.sentence)
        }
    }
}

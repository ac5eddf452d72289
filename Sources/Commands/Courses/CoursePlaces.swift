import Glibc
import Support

/// Where the files of courses are. The file of a course may become another one when it changes.
protocol CoursePlaces: Sendable {
    /// For sentences: what holds the courses.
    var name: String { get }
    /// The courses there are, sorted. May look at a disk, never at the network.
    func ids() -> [CourseID]
    /// The file of a course where that is known without waiting for anything.
    func known(_ id: CourseID) -> String?
    /// The file of a course, fetched if need be; nil when there is no such course.
    func path(of id: CourseID) async throws -> String?
    /// The same, as new as there is one: for staff, who have just changed something somewhere.
    func newest(_ id: CourseID) async throws -> String?
    /// Looks which courses there are, for who must not miss one.
    /// - Throws: what says why that cannot be told.
    func look() async throws
    /// The newest file of a course and no older one.
    /// - Throws: what says why it cannot be had.
    func current(_ id: CourseID) async throws -> String?
    /// Makes an empty course.
    /// - Parameter make: writes an empty course's file.
    /// - Returns: false when there is one of that name.
    func create(_ id: CourseID, _ make: @escaping @Sendable (_ path: String) async throws -> Void) async throws -> Bool
    /// Deletes a course for good; nobody here has its file open.
    func remove(_ id: CourseID) async throws
    /// Changes a course's file. `body` may run several times, each time upon what others have made of the file.
    /// - Parameter isChange: whether `body` has changed anything.
    /// - Returns: what `body` returns; nil when there is no such course.
    /// - Throws: what `body` throws, the course being as before then.
    func change<Value: Sendable>(
        _ id: CourseID, isChange: @Sendable (Value) -> Bool, _ body: @Sendable (_ path: String) async throws -> Value
    ) async throws -> Value?
    /// Sees to it that what other processes have begun to write into a course comes to nothing.
    func supersede(_ id: CourseID) async throws
}

/// The course files of a data folder, each its own only copy.
struct LocalCourses: CoursePlaces {
    /// The folder of the course files.
    let name: String

    /// - Parameter data: the data folder; courses are in `courses/` beneath it.
    init(data: String) { name = CourseFolder.folder(in: data) }

    func ids() -> [CourseID] { CourseFolder.names(in: name) }
    func known(_ id: CourseID) -> String? { place(id) }
    func path(of id: CourseID) async throws -> String? { access(place(id), F_OK) == 0 ? place(id) : nil }
    func newest(_ id: CourseID) async throws -> String? { try await path(of: id) }
    func look() async throws {}
    func current(_ id: CourseID) async throws -> String? { try await path(of: id) }

    func create(
        _ id: CourseID, _ make: @escaping @Sendable (_ path: String) async throws -> Void
    ) async throws -> Bool {
        // In this process nobody else makes one meanwhile: this is the only place that does.
        guard access(place(id), F_OK) != 0 else { return false }
        try await make(place(id))
        return true
    }

    func remove(_ id: CourseID) async throws {
        let path = place(id)
        try await BlockingQueue(label: "course-removal").run {
            for tail in ["", "-wal", "-shm"] { unlink(path + tail) }
        }
    }

    func change<Value: Sendable>(
        _ id: CourseID, isChange: @Sendable (Value) -> Bool, _ body: @Sendable (_ path: String) async throws -> Value
    ) async throws -> Value? {
        guard let path = try await path(of: id) else { return nil }
        return try await body(path)
    }

    /// There are no others: whoever works on a document here is told to stop.
    func supersede(_ id: CourseID) async throws {}

    private func place(_ id: CourseID) -> String { "\(name)/\(id).sqlite" }
}

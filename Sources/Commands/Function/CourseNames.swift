import ChatAdapters
import ChatService
import Retrieval
import Support

/// The courses there are, by their pointers alone: for a process that takes questions and searches nothing.
///
/// What another process changes is seen after `lifetime`. Throws as `CourseSnapshots` does.
final class CourseNames: CourseLibrary {
    static let lifetime = Duration.seconds(15)
    /// Courses remembered at once.
    private static let most = 10_000
    /// Pointers read at once.
    private static let readers = 16

    private let snapshots: CourseSnapshots
    private let known: RecentReads<CourseID, CourseSnapshots.Current>
    private let lists: RecentReads<Bool, [CourseID]>

    init(_ snapshots: CourseSnapshots, time: any TimeSource = SystemTime()) {
        self.snapshots = snapshots
        known = RecentReads(lifetime: Self.lifetime, most: Self.most, time: time)
        lists = RecentReads(lifetime: Self.lifetime, most: 1, time: time)
    }

    func exists(_ id: CourseID) async throws -> Bool {
        try await known.value(id) { try await self.snapshots.current(id) }?.pointer.hash != nil
    }

    func ids() async throws -> [CourseID] {
        try await lists.value(true) {
            // The pointer of a deleted course stays: only its content tells.
            var names = try await self.snapshots.etags().keys.sorted()[...]
            return try await withThrowingTaskGroup(of: CourseID?.self) { group in
                func next() {
                    guard let name = names.popFirst() else { return }
                    group.addTask { try await self.exists(name) ? name : nil }
                }
                for _ in 0..<Self.readers { next() }
                var found: [CourseID] = []
                while let name = try await group.next() {
                    if let name { found.append(name) }
                    next()
                }
                return found.sorted()
            }
        } ?? []
    }

    /// Nothing but their names is known here.
    func courses() async throws -> [CourseSummary] {
        try await ids().map { CourseSummary(id: $0, title: $0.name, documents: 0, chunks: 0) }
    }

    func course(_ id: CourseID) async throws -> CourseSummary? {
        try await exists(id) ? CourseSummary(id: id, title: id.name, documents: 0, chunks: 0) : nil
    }

    /// Always nil: there is no course file here.
    func retriever(for id: CourseID) async throws -> Retriever? { nil }
}

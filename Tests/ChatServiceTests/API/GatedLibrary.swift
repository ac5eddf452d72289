import ChatService
import Retrieval
import Support
import TestSupport

/// Courses of which one look is held at a gate, so that a test finds a request in the middle of its work.
final class GatedLibrary: CourseLibrary {
    struct Broken: ExplainedError {
        let label = "broken"
        let description = "The course cannot be looked at."
    }

    /// Opened when somebody stands at the gate.
    let reached = Latch()
    let gate = Latch()
    private let library: ScriptedLibrary
    private let looks: Locked<Int>
    private let breaks: Bool

    /// - Parameters:
    ///   - passing: looks into a course that are let by before the one that is held.
    ///   - breaks: whether that look fails behind the gate.
    init(passing: Int = 0, breaks: Bool = false) throws {
        library = try ScriptedLibrary(["algoritmos"])
        looks = Locked(passing)
        self.breaks = breaks
    }

    func ids() async throws -> [CourseID] { try await library.ids() }
    func courses() async throws -> [CourseSummary] { try await library.courses() }
    func retriever(for id: CourseID) async throws -> Retriever? { nil }

    func course(_ id: CourseID) async throws -> CourseSummary? {
        let isHeld = looks.withLock { left in
            left -= 1
            return left == -1
        }
        if isHeld {
            reached.open()
            await gate.wait()
            try Task.checkCancellation()
            if breaks { throw Broken() }
        }
        return try await library.course(id)
    }
}

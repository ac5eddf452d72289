import ChatService
import CourseStore
import Foundation
import Support
import TestSupport
import Testing

@testable import Commands

@Suite struct CourseFolderTests {
    private let scratch: TestSupport.TemporaryFolder
    private let embedder = HashEmbedder()
    private let lines = Locked<[String]>([])

    init() throws { scratch = try TestSupport.TemporaryFolder() }

    private func folder(openLimit: Int = 8) -> CourseFolder {
        let lines = lines
        return CourseFolder(
            data: scratch.path, embedder: embedder, openLimit: openLimit,
            log: Log(level: .warning) { line in lines.withLock { $0.append(line) } })
    }

    /// Makes a course with one document.
    private func make(_ name: String, _ path: String = "a.md", in folder: CourseFolder) async throws -> CourseID {
        let id = try CourseID(name)
        let file = try #require(try await folder.madeFile(for: id))
        try await file.replace(
            NewDocument(
                path: path, title: "", contentHash: path, byteCount: 4, mediaType: "text/plain", language: "en",
                pageCount: nil, characterCount: 4, warnings: []),
            chunks: [NewChunk(text: "heap", section: [], pages: nil, offset: 0..<4, tokenCount: 1)],
            vectors: try await embedder.embed(["heap"]))
        return id
    }

    private func damage(_ name: String) throws {
        try scratch.write((0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 7919 ^ $0 >> 3) }, to: name)
    }

    @Test func aDamagedCourseTakesNoOtherDown() async throws {
        let folder = folder()
        let good = try await make("good", in: folder)
        try damage("courses/broken.sqlite")
        for _ in 0..<3 { #expect(try await folder.courses().map(\.id) == [good]) }
        let log = lines.withLock { $0 }
        #expect(log.count == 1 && log[0].contains(#""course":"broken""#) && log[0].contains("not_a_database"))

        let broken = try CourseID("broken")
        for ask in [{ _ = try await folder.course(broken) }, { _ = try await folder.retriever(for: broken) }] {
            let problem = await #expect(throws: Problem.self) { try await ask() }
            #expect(problem?.status == 503 && problem?.label == "course_unavailable")
            #expect(problem?.description.contains("gepeto doctor") == true)
        }
        #expect(lines.withLock { $0.count } == 1, "said again")
        #expect(try await folder.course(good)?.chunks == 1)
    }

    @Test func aCourseThatWasRepairedIsListedAndItsNextTroubleLogged() async throws {
        let folder = folder()
        try damage("courses/c.sqlite")
        #expect(try await folder.courses().isEmpty)
        try FileManager.default.removeItem(atPath: scratch.file("courses/c.sqlite"))
        _ = try await make("c", in: folder)
        #expect(try await folder.courses().count == 1)
        try await folder.remove(CourseID("c"))
        try damage("courses/c.sqlite")
        #expect(try await folder.courses().isEmpty)
        #expect(lines.withLock { $0.count } == 2)
    }

    @Test func aListOfManyCoursesLeavesTheOpenOnesOpen() async throws {
        let maker = folder()
        for number in 0..<5 { _ = try await make("course-\(number)", in: maker) }
        let folder = folder(openLimit: 2)
        let hot = try CourseID("course-1")
        let file = try #require(try await folder.file(for: hot))
        for _ in 0..<2 { #expect(try await folder.courses().map(\.documents) == [1, 1, 1, 1, 1]) }
        #expect(try await folder.file(for: hot) === file)
        // Seen too when another process, here another folder object, changed the course.
        _ = try await make("course-4", "b.md", in: maker)
        #expect(try await folder.courses().map(\.documents) == [1, 1, 1, 1, 2])
    }

    @Test func anOpenCourseIsLookedForOnceASecondAtMost() async throws {
        let time = ManualTime()
        let folder = CourseFolder(data: scratch.path, embedder: embedder, time: time)
        let id = try await make("c", in: folder)
        let path = scratch.file("courses/c.sqlite")
        #expect(try await folder.exists(id))
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        #expect(try await folder.exists(id), "looked again at once")
        time.advance(by: .seconds(1))
        #expect(try await !folder.exists(id))
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        #expect(try await folder.exists(id), "a course that comes is seen at once")
        try await folder.remove(id)
        #expect(try await !folder.exists(id), "one that this process deletes is gone at once")
    }

    @Test func whetherThereAreCoursesOpensNone() throws {
        let folder = folder()
        #expect(!folder.hasCourses)
        try damage("courses/broken.sqlite")
        #expect(folder.hasCourses)
        #expect(lines.withLock { $0.isEmpty })
    }
}

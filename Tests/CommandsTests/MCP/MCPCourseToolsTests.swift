import ChatService
import Ingest
import Support
import TestSupport
import Testing

@testable import Commands

/// The tools over a real course file.
@Suite struct MCPCourseToolsTests {
    private func tools(_ scratch: TestSupport.TemporaryFolder) async throws -> MCPCourseTools {
        let embedder = HashEmbedder()
        let folder = CourseFolder(data: scratch.path, embedder: embedder)
        let course = try CourseID("fisica")
        _ = try await folder.makeCourse(course)
        let text =
            "# Leis\n\nA força é a massa vezes a aceleração.\n\n## Inércia\n\nUm corpo em repouso fica em repouso.\n"
        let path = try scratch.write("leis.md", text)
        let file = try #require(try await folder.file(for: course))
        let ingester = Ingester(
            course: file, embedder: embedder, extraction: InThisProcess(), originals: scratch.file("originals"),
            log: .silent)
        #expect(try await ingester.ingest(file: path, as: "leis.md") { _ in }.document.chunkCount > 0)
        return MCPCourseTools(course: course, library: folder)
    }

    @Test func searchLeadsToReading() async throws {
        let scratch = try TestSupport.TemporaryFolder()
        let tools = try await tools(scratch)
        let found = try #require(try await tools.call("search_course", ["query": " força ", "k": 3])?.object)
        #expect(found["course"] == "fisica" && found["query"] == "força ")
        let passage = try #require(found["passages"]?.array?.first?.object)
        let document = try #require(passage["document"])
        let chunk = try #require(passage["chunks"]?.array?.first)
        let read = try #require(
            try await tools.call("get_passage", ["document": document, "chunk": chunk])?.object)
        let text = try #require(read["chunks"]?.array?.first?.object?["text"]?.text)
        #expect(passage["text"]?.text?.contains(text) == true)
        #expect(read["isWhole"] == true && read["file"] == "leis.md")
    }

    @Test func everyWrongArgumentHasASentence() async throws {
        let scratch = try TestSupport.TemporaryFolder()
        let tools = try await tools(scratch)
        let wrong: [(String, [String: JSONValue])] = [
            ("search_course", [:]), ("search_course", ["query": 5]), ("search_course", ["query": "  "]),
            ("search_course", ["query": .string(String(repeating: "a", count: 8_001))]),
            ("search_course", ["query": "a", "k": 0]), ("search_course", ["query": "a", "k": 21]),
            ("search_course", ["query": "a", "k": "5"]), ("search_course", ["query": "a", "course": "other"]),
            ("get_passage", [:]), ("get_passage", ["document": "x", "chunk": 1]),
            ("get_passage", ["document": "x", "chunk": 1, "page": 1]), ("get_passage", ["document": "x", "page": -1]),
            ("get_passage", ["document": "x", "chunk": .number(1.5)]),
        ]
        for (name, arguments) in wrong {
            await #expect(throws: CommandFailure.self, "\(name) \(arguments)") {
                _ = try await tools.call(name, arguments)
            }
        }
        #expect(try await tools.call("delete_course", [:]) == nil)
    }

    @Test(arguments: MCPRevision.allCases) func theListTellsEveryArgument(revision: MCPRevision) async throws {
        let tools = MCPCourseTools(
            course: try CourseID("fisica"), library: CourseFolder(data: "/nonexistent", embedder: HashEmbedder()))
        let list = tools.list(revision).compactMap(\.object)
        #expect(list.map { $0["name"] } == ["search_course", "get_passage"])
        for tool in list {
            #expect(tool["inputSchema"]?.object?["additionalProperties"] == false)
            #expect((tool["outputSchema"] != nil) == (revision == .june2025))
            #expect((tool["annotations"] != nil) == (revision != .november2024))
        }
    }
}

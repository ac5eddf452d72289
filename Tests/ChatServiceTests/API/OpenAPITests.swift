import Testing
import WebServer

@testable import ChatService

/// The document against the routes as they are registered; against the running server: Tests/EndToEnd/openapi_check.py.
@Suite struct OpenAPITests {
    private func document() throws -> OpenAPIDocument {
        OpenAPIDocument(routes: try FrontDoor().api.routes, version: "1")
    }

    @Test func everyRouteIsDescribedAndNoOther() throws {
        let document = try document()
        #expect(document.undescribed.map { "\($0.method) \($0.pattern)" } == [])
        #expect(document.stray.map { "\($0.method) \($0.pattern)" } == [])
        let names = OpenAPIDocument.operations.map(\.name)
        #expect(Set(names).count == names.count)
        let groups = Set(OpenAPIDocument.groups.map(\.name))
        #expect(OpenAPIDocument.operations.allSatisfy { groups.contains($0.group) })
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let json = try document().json
        let schemas = try #require(json.object?["components"]?.object?["schemas"]?.object)
        var references: Set<String> = []
        func look(_ value: JSONValue) {
            switch value {
            case .array(let values): values.forEach(look)
            case .object(let object):
                if let reference = object["$ref"]?.text { references.insert(reference) }
                object.values.forEach(look)
            default: break
            }
        }
        look(json)
        let known = Set(schemas.keys.map { "#/components/schemas/\($0)" })
        #expect(references.subtracting(known) == [])
        // And none that nobody refers to.
        #expect(known.subtracting(references) == [])
        let operations = OpenAPIDocument.operations
        let described = operations.map { RouteEntry(method: $0.method, pattern: $0.pattern, access: .anyone) }
        let whole = OpenAPIDocument(routes: described, version: "1").json.object?["components"]?.object?["schemas"]
        #expect(Set(whole?.object.map { Array($0.keys) } ?? []) == Set(OpenAPIDocument.schemas.keys))
    }

    @Test func whoMayUseARouteFollowsFromTheRoute() async throws {
        let door = try FrontDoor()
        let reply = try await door.send(.get, "/api/openapi.json")
        #expect(reply.status == 200)
        let paths = try #require(JSONValue(text: reply.text)?.object?["paths"]?.object)
        let search = try #require(paths["/api/courses/{course}/search"]?.object?["get"]?.object)
        #expect(search["x-access"] == "member")
        let statuses = Set(try #require(search["responses"]?.object).keys)
        #expect(statuses.isSuperset(of: ["200", "400", "401", "403", "404"]))
        let health = try #require(paths["/api/health"]?.object?["get"]?.object)
        #expect(health["security"] == [] && health["responses"]?.object?["401"] == nil)
    }
}

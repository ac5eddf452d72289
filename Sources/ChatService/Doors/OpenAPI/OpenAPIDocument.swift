import Support
import WebServer

/// The OpenAPI 3.1 document of the routes that are registered (https://spec.openapis.org/oas/v3.1.1.html).
struct OpenAPIDocument {
    let routes: [RouteEntry]
    let version: String

    /// Routes that nobody has described.
    var undescribed: [RouteEntry] { routes.filter { Self.operation(of: $0) == nil } }

    /// Descriptions of routes that are not there. A part of the program that has none of its routes is not installed.
    var stray: [APIOperation] {
        Self.parts.flatMap { part in
            let missing = part.filter { operation in
                !routes.contains { $0.method == operation.method && $0.pattern == operation.pattern }
            }
            return missing.count == part.count ? [] : missing
        }
    }

    static let operations = parts.flatMap(\.self)

    /// By the parts of the program that register them.
    private static let parts: [[APIOperation]] = [
        service, questions, conversations, courses, documents, policies, staff, tokens, completions, people, members,
        insights, platforms,
    ]

    private static func operation(of route: RouteEntry) -> APIOperation? {
        operations.first { $0.method == route.method && $0.pattern == route.pattern }
    }

    var json: JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            guard let operation = Self.operation(of: route) else { continue }
            paths[route.pattern, default: [:]][route.method.rawValue.lowercased()] = Self.json(operation, route)
        }
        let described = JSONValue.object(paths.mapValues { .object($0) })
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "gepeto", "version": .string(version),
                "description": .string(Self.introduction),
                "license": ["name": "MIT", "identifier": "MIT"],
            ],
            "servers": [["url": "/"]],
            "tags": .array(Self.groups.map { ["name": .string($0.name), "description": .string($0.about)] }),
            "paths": described,
            "components": [
                "schemas": .object(Self.schemas(for: described)),
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description": .string(
                            "An access token of the sign-in, or, for `/api/v1` and search, an API token (`gepeto_…`)."),
                    ]
                ],
            ],
        ]
    }

    /// Those that the paths refer to, and those that these refer to.
    private static func schemas(for paths: JSONValue) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        var values = [paths]
        while let value = values.popLast() {
            switch value {
            case .array(let items): values += items
            case .object(let object):
                values += object.values
                guard let name = object["$ref"]?.text?.split(separator: "/").last.map(String.init),
                    found[name] == nil, let schema = schemas[name]
                else { continue }
                found[name] = schema
                values.append(schema)
            default: break
            }
        }
        return found
    }

    private static func json(_ operation: APIOperation, _ route: RouteEntry) -> JSONValue {
        var json: [String: JSONValue] = [
            "operationId": .string(operation.name), "tags": [.string(operation.group)],
            "summary": .string(operation.about), "x-access": .string(route.access.rawValue),
            // In `open` mode nobody needs one.
            "security": route.access == .anyone ? [] : [["token": []], [:]],
        ]
        if !operation.more.isEmpty { json["description"] = .string(operation.more) }
        let parameters = pathParameters(of: route.pattern) + operation.query.map(parameter)
        if !parameters.isEmpty { json["parameters"] = .array(parameters) }
        if let first = operation.body.first {
            let content = operation.body.map { ($0.type, media($0.schema, $0.example)) }
            json["requestBody"] = [
                "required": .bool(first.isRequired), "content": .object(Dictionary(content) { $1 }),
            ]
        }
        json["responses"] = .object(responses(of: operation, route))
        return .object(json)
    }

    private static func pathParameters(of pattern: String) -> [JSONValue] {
        pattern.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            let schema: JSONValue = name == "course" ? Schema.course : ["type": "string", "minLength": 1]
            return ["name": .string(name), "in": "path", "required": true, "schema": schema]
        }
    }

    private static func parameter(_ parameter: APIOperation.Parameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": parameter.isHeader ? "header" : "query",
            "required": .bool(parameter.isRequired), "schema": parameter.schema,
            "description": .string(parameter.about),
        ]
    }

    private static func media(_ schema: JSONValue, _ example: JSONValue?) -> JSONValue {
        var media: [String: JSONValue] = ["schema": schema]
        if let example { media["example"] = example }
        return .object(media)
    }

    private static func responses(of operation: APIOperation, _ route: RouteEntry) -> [String: JSONValue] {
        var responses: [String: JSONValue] = [:]
        for (status, answer) in operation.answers {
            var response: [String: JSONValue] = ["description": .string(answer.about)]
            if let schema = answer.schema {
                var content = [answer.type: media(schema, answer.example)]
                for type in answer.also { content[type] = media([:], nil) }
                response["content"] = .object(content)
            }
            responses["\(status)"] = .object(response)
        }
        let isCompletion = CompletionProblem.speaks(for: route.pattern)
        var problem: [String: JSONValue] = [
            isCompletion ? "application/json" : "application/problem+json": [
                "schema": Schema.ref(isCompletion ? "CompletionProblem" : "Problem")
            ]
        ]
        if operation.isPage { problem["text/html"] = media([:], nil) }
        for status in problems(of: operation, route) where responses["\(status)"] == nil {
            responses["\(status)"] = [
                "description": .string(reasons[status] ?? "A problem."), "content": .object(problem),
            ]
        }
        return responses
    }

    /// What any route of its kind may answer, and what its description adds.
    private static func problems(of operation: APIOperation, _ route: RouteEntry) -> Set<Int> {
        // Malformed HTTP; Host and Origin; addresses and heads that are too long.
        var statuses: Set<Int> = [400, 403, 414, 431]
        if route.access != .anyone { statuses.formUnion([401, 503]) }
        if route.pattern.contains("{") { statuses.insert(404) }
        if !operation.body.isEmpty { statuses.formUnion([408, 413, 415]) }
        return statuses.union(operation.problems)
    }
}

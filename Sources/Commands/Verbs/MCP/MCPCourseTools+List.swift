import ChatService

extension MCPCourseTools {
    func list(_ revision: MCPRevision) -> [JSONValue] {
        [
            tool(
                "search_course", "Search the course",
                """
                Finds the passages of the course '\(course)' that answer a question best: words and meaning together, best \
                first, each with its document, section and page. Use it before answering anything about the course.
                """,
                properties: [
                    "query": [
                        "type": "string", "minLength": 1, "maxLength": .number(Double(Self.longestQuery)),
                        "description": "A question or key words, in the language of the material where it is known.",
                    ],
                    "k": [
                        "type": "integer", "minimum": 1, "maximum": .number(Double(Self.mostPassages)), "default": 5,
                        "description": "How many passages at most.",
                    ],
                ], required: ["query"], output: Self.found, revision),
            tool(
                "get_passage", "Read in a document",
                """
                Reads a document of the course: one chunk by its number, or all that stands on a page. Use it to read \
                around a passage that search_course found.
                """,
                properties: [
                    "document": ["type": "string", "description": "'document' of a passage."],
                    "chunk": ["type": "integer", "minimum": 1, "description": "One of 'chunks' of a passage."],
                    "page": [
                        "type": "integer", "minimum": 1, "description": "A page or slide, from 1; instead of 'chunk'.",
                    ],
                ], required: ["document"], output: Self.read, revision),
        ]
    }

    private func tool(
        _ name: String, _ title: String, _ description: String, properties: JSONValue, required: JSONValue,
        output: JSONValue, _ revision: MCPRevision
    ) -> JSONValue {
        var tool: [String: JSONValue] = [
            "name": .string(name), "description": .string(description),
            "inputSchema": [
                "type": "object", "properties": properties, "required": required, "additionalProperties": false,
            ],
        ]
        if revision != .november2024 {
            tool["annotations"] = ["title": .string(title), "readOnlyHint": true, "openWorldHint": false]
        }
        if revision.hasStructure {
            tool["title"] = .string(title)
            tool["outputSchema"] = output
        }
        return .object(tool)
    }

    private static let place: [String: JSONValue] = [
        "section": ["type": "string"], "page": ["type": "integer"], "lastPage": ["type": "integer"],
        "pageUnit": ["type": "string"], "place": ["type": "string"], "ocr": ["type": "boolean"],
        "text": ["type": "string"],
    ]

    private static func object(_ own: [String: JSONValue], _ required: JSONValue) -> JSONValue {
        [
            "type": "object", "required": required,
            "properties": .object(own.merging(place) { own, _ in own }),
        ]
    }

    private static let found: JSONValue = [
        "type": "object", "required": ["course", "query", "evidence", "passages"],
        "properties": [
            "course": ["type": "string"], "query": ["type": "string"],
            "evidence": [
                "type": "object", "required": ["score", "threshold"],
                "properties": ["score": ["type": "number"], "threshold": ["type": "number"]],
            ],
            "passages": [
                "type": "array",
                "items": object(
                    [
                        "document": ["type": "string"], "title": ["type": "string"], "score": ["type": "number"],
                        "chunks": ["type": "array", "items": ["type": "integer"]],
                    ], ["document", "title", "chunks", "text", "score"]),
            ],
        ],
    ]

    private static let read: JSONValue = [
        "type": "object", "required": ["document", "title", "file", "chunks", "isWhole"],
        "properties": [
            "document": ["type": "string"], "title": ["type": "string"], "file": ["type": "string"],
            "isWhole": ["type": "boolean", "description": "False when the page has more than is shown."],
            "chunks": ["type": "array", "items": object(["chunk": ["type": "integer"]], ["chunk", "text"])],
        ],
    ]
}

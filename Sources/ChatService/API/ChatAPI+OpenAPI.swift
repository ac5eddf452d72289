import Support
import WebServer

extension ChatAPI {
    /// The version of the program, as the document says it.
    package static let version = "0.1.0"

    func installOpenAPI(in router: inout MeasuredRouter) {
        router.open(.get, "/api/openapi.json", deadline: ports.deadline) { _ in .json(200, bytes: document) }
    }

    /// `GET /api/openapi.json`: made from the routes that are registered and their descriptions.
    private var document: [UInt8] {
        openAPI.withLock { known in
            if let known { return known }
            let bytes = JSONText.bytes(OpenAPIDocument(routes: routes, version: Self.version).json)
            known = bytes
            return bytes
        }
    }
}

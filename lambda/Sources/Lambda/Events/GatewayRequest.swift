import FoundationEssentials
import Support
import WebServer

/// An HTTP request as API Gateway tells it (API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs").
package struct GatewayRequest: Sendable {
    /// How the answer is told.
    package enum Format: Sendable { case one, two }

    package let format: Format
    package let method: String
    /// Path and query as they came, without the stage.
    package let target: String
    /// Never `Host`: that is one of API Gateway's own, which it has checked.
    package let headers: HTTPFields
    /// nil for a body that says Base64 and is none.
    package let body: [UInt8]?
    package let sourceAddress: String

    init?(_ event: EventFields, _ context: EventFields.Context) {
        if let path = event.rawPath, let method = context.http?.method {
            format = .two
            self.method = method
            let query = event.rawQueryString ?? ""
            target = Self.path(path, context.stage) + (query.isEmpty ? "" : "?" + query)
        } else if let path = event.path, let method = event.httpMethod {
            format = .one
            self.method = method
            let query = event.encodedQuery
            target = Self.path(path, context.stage) + (query.isEmpty ? "" : "?" + query)
        } else {
            return nil
        }
        headers = Self.fields(event)
        body = event.bytes
        sourceAddress = context.http?.sourceIp ?? context.identity?.sourceIp ?? ""
    }

    /// A stage with a name stands before the path.
    private static func path(_ path: String, _ stage: String?) -> String {
        guard let stage, !stage.isEmpty, stage != "$default", path.hasPrefix("/\(stage)/") else { return path }
        return String(path.dropFirst(stage.utf8.count + 1))
    }

    static func fields(_ event: EventFields) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in event.allHeaders where name.lowercased() != "host" { fields.append(name, value) }
        if let cookies = event.cookies, !cookies.isEmpty { fields.append("cookie", cookies.joined(separator: "; ")) }
        return fields
    }
}

/// What API Gateway makes an answer of.
package struct GatewayReply: Encodable, Sendable {
    private let statusCode: Int
    private var headers: [String: String] = [:]
    private var multiValueHeaders: [String: [String]]?
    private var cookies: [String]?
    private let body: String?
    private let isBase64Encoded: Bool?

    /// - Parameter bytes: the answer's body.
    package init(_ status: Int, _ fields: HTTPFields, _ bytes: [UInt8], format: GatewayRequest.Format) {
        statusCode = status
        var values: [String: [String]] = [:]
        for field in fields { values[field.name.lowercased(), default: []].append(field.value) }
        switch format {
        case .one: multiValueHeaders = values
        case .two:
            cookies = values.removeValue(forKey: "set-cookie")
            headers = values.mapValues { $0.joined(separator: ", ") }
        }
        guard !bytes.isEmpty else {
            (body, isBase64Encoded) = (nil, nil)
            return
        }
        let text = String(validating: bytes, as: UTF8.self)
        body = text ?? Data(bytes).base64EncodedString()
        isBase64Encoded = text == nil
    }

    /// An answer without a body, as WebSockets take it.
    package init(_ status: Int, _ fields: HTTPFields = [:]) { self.init(status, fields, [], format: .two) }

    package var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers only: there is nothing that could not be encoded.
        return (try? encoder.encode(self)).map { Array($0) } ?? Array("{\"statusCode\":500}".utf8)
    }
}

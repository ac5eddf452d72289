import Support

/// SSM Parameter Store.
package struct SSM: Sendable {
    package static let deadline = Duration.seconds(5)
    /// Parameters under one path, at most: the store gives ten at a time.
    package static let limit = 1_000

    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    /// The parameters right under a path, decrypted, by their full names. Deeper ones are other programs': the role may not
    /// use their key, which would fail the whole call.
    /// - Throws: `AWSError`, `AWSCredentialsError`, `CancellationError`.
    package func getParametersByPath(_ path: String, deadline: Duration = deadline) async throws -> [String: String] {
        var found: [String: String] = [:]
        var token: String?
        repeat {
            let input = Input(path: path, token: token)
            let page = try await client.call("GetParametersByPath", input, as: Output.self, deadline: deadline)
            for parameter in page.parameters ?? [] { found[parameter.name] = parameter.value }
            token = page.token.flatMap { $0.isEmpty ? nil : $0 }
            guard found.count <= Self.limit else {
                throw AWSError(
                    .tooLarge, code: "TooManyParameters", service: .ssm, operation: "GetParametersByPath",
                    region: client.endpoint.region)
            }
        } while token != nil
        return found
    }

    private struct Input: Encodable, Sendable {
        let path: String
        let token: String?
        let recursive = false
        let decrypts = true
        let most = 10

        enum CodingKeys: String, CodingKey {
            case path = "Path", token = "NextToken", recursive = "Recursive", decrypts = "WithDecryption"
            case most = "MaxResults"
        }
    }

    private struct Output: Decodable, Sendable {
        struct Parameter: Decodable, Sendable {
            let name: String
            let value: String
            enum CodingKeys: String, CodingKey { case name = "Name", value = "Value" }
        }

        let parameters: [Parameter]?
        let token: String?
        enum CodingKeys: String, CodingKey { case parameters = "Parameters", token = "NextToken" }
    }
}

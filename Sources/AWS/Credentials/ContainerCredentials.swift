import FoundationEssentials
import HTTPClient
import Support

/// Credentials of the task's role, lent by the endpoint that ECS (or EKS) gives each container.
///
/// Sources: Amazon ECS, "Task IAM role"; AWS SDKs and Tools, "Container credential provider".
struct ContainerCredentials: Sendable {
    private static let ecs = "169.254.170.2"
    /// Where plain HTTP is safe: this machine, and the link-local addresses of ECS and EKS.
    private static let plainHosts: Set<String> = [
        ecs, "169.254.170.23", "[fd00:ec2::23]", "localhost", "127.0.0.1", "[::1]",
    ]
    private static let timeouts = HTTPTimeouts(
        connect: .seconds(1), firstByte: .seconds(2), silence: .seconds(2), total: .seconds(3))

    let url: String
    /// Read anew for each call, for EKS changes its content.
    private let tokenFile: String?
    private let token: String?

    /// nil when no endpoint is given.
    init?(_ environment: [String: String]) throws(AWSCredentialsError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let relative = value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = "http://\(Self.ecs)\(relative.hasPrefix("/") ? "" : "/")\(relative)"
        } else if let full = value("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.isAllowed(full) else { throw .endpointNotAllowed }
            url = full
        } else {
            return nil
        }
        tokenFile = value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = value("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    }

    static func isAllowed(_ url: String) -> Bool {
        if url.lowercased().hasPrefix("https://") { return true }
        guard url.lowercased().hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[") {
            return authority.firstIndex(of: "]").map { plainHosts.contains(String(authority[...$0])) } ?? false
        }
        return plainHosts.contains(String(authority.prefix { $0 != ":" }))
    }

    /// - Throws: `AWSCredentialsError`; `CancellationError`.
    func fetch(_ http: HTTPClient, _ files: BlockingQueue) async throws -> AWSCredentials {
        var headers = [(name: "accept", value: "application/json")]
        if let token = try await authorization(files) { headers.append(("authorization", token)) }
        let request = HTTPClientRequest(.get, url, headers: headers, timeouts: Self.timeouts, responseLimit: 64 << 10)
        let status: Int
        let body: [UInt8]
        do {
            let response = try await http.send(request)
            status = response.status
            body = try await response.body.collect(upTo: 64 << 10)
        } catch let error as HTTPClientError {
            throw AWSCredentialsError.endpointFailed(reason: error.description)
        }
        guard status == 200 else { throw AWSCredentialsError.endpointRefused(status: status) }
        return try Self.parse(body)
    }

    static func parse(_ body: [UInt8]) throws(AWSCredentialsError) -> AWSCredentials {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)), !answer.id.isEmpty,
            !answer.secret.isEmpty
        else { throw .unreadableAnswer }
        var expiry: Timestamp?
        if let text = answer.expiration {
            guard let moment = AWSDate.rfc3339(text) else { throw .unreadableAnswer }
            expiry = moment
        }
        return AWSCredentials(
            accessKeyID: answer.id, secretAccessKey: answer.secret, sessionToken: answer.token, expiresAt: expiry)
    }

    private func authorization(_ files: BlockingQueue) async throws -> String? {
        guard let path = tokenFile else { return token }
        switch try await files.run({ SmallFile.read(path, limit: 64 << 10) }) {
        case .content(let bytes):
            let text = String(decoding: bytes, as: UTF8.self)
            return String(text[..<(text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex)])
        case .missing: throw unreadable(path, "there is no such file")
        case .failed(let reason): throw unreadable(path, reason)
        }
    }

    private func unreadable(_ path: String, _ reason: String) -> AWSCredentialsError {
        .unreadableFile(path, setting: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", reason: reason)
    }

    private struct Answer: Decodable {
        let id: String
        let secret: String
        let token: String?
        let expiration: String?

        enum CodingKeys: String, CodingKey {
            case id = "AccessKeyId"
            case secret = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }
}

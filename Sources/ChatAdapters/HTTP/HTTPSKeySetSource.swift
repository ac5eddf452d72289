import ChatService
import HTTPClient

/// Key sets over HTTPS: no redirect is followed, no private address called, at most five seconds waited.
package struct HTTPSKeySetSource: KeySetSource {
    private let client: HTTPClient
    private let isTest: Bool

    package init(client: HTTPClient) {
        self.client = client
        isTest = false
    }

    /// For tests, whose servers stand on the loopback address and speak plain HTTP.
    init(test client: HTTPClient) {
        self.client = client
        isTest = true
    }

    package func read(_ url: String) async throws -> [UInt8] {
        guard isTest || url.hasPrefix("https://") else { throw KeySetError.notHTTPS }
        let request = HTTPClientRequest(
            .get, url, headers: [("accept", "application/jwk-set+json, application/json")],
            timeouts: HTTPTimeouts(
                connect: .seconds(3), firstByte: .seconds(5), silence: .seconds(5), total: .seconds(5)),
            responseLimit: JSONWebKeySet.largest, reach: isTest ? .anywhere : .publicOnly)
        do {
            let response = try await client.send(request)
            guard response.status == 200 else { throw KeySetError.refused }
            return try await response.body.collect(upTo: JSONWebKeySet.largest)
        } catch let error as HTTPClientError {
            throw Self.explained(error)
        }
    }

    private static func explained(_ error: HTTPClientError) -> KeySetError {
        switch error.code {
        case .privateAddress: .privateAddress
        case .tooLarge: .tooLarge
        case .invalidRequest, .protocolViolation: .refused
        default: .unreachable
        }
    }
}

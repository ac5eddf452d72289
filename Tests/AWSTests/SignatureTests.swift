import Foundation
import Support
import Testing

@testable import AWS

/// Signatures held against botocore's: Fixtures/make_signatures.py.
@Suite struct SignatureTests {
    struct Recording: Decodable {
        struct Case: Decodable {
            let name: String
            let service: String
            let region: String
            let sessionToken: String?
            let origin: String
            let method: String
            let path: String
            let query: String
            /// The key or connection id before it was encoded.
            let plain: String?
            let headers: [String: String]
            let body: Data
            let authorization: String
        }

        let accessKeyID: String
        let secretAccessKey: String
        let moment: Int64
        let cases: [Case]
    }

    static let services: [AWSService] = [.sqs, .dynamoDB, .ssm, .s3, .executeAPI]

    static func recording() throws -> Recording {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/signatures.json")
        return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
    }

    @Test func areThoseOfBotocore() throws {
        let recording = try Self.recording()
        #expect(recording.cases.count >= 40)
        for recorded in recording.cases {
            let service = try #require(Self.services.first { $0.name == recorded.service })
            let endpoint = try AWSEndpoint(service, region: recorded.region, url: recorded.origin)
            let query = try recorded.query.split(separator: "&").map { pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (
                    name: try #require(PercentEncoding.decode(parts[0])),
                    value: try #require(PercentEncoding.decode(parts.count > 1 ? parts[1] : ""))
                )
            }
            // In another order than botocore's, and than the signed one.
            let message = SigV4.Message(
                method: recorded.method, host: endpoint.host, path: recorded.path, query: query.reversed(),
                headers: recorded.headers.map { ($0.key, $0.value) }.shuffled(), body: Array(recorded.body))
            let credentials = AWSCredentials(
                accessKeyID: recording.accessKeyID, secretAccessKey: recording.secretAccessKey,
                sessionToken: recorded.sessionToken)
            let headers = SigV4(service: service, region: recorded.region)
                .headers(for: message, with: credentials, at: Timestamp(milliseconds: recording.moment))
            let authorization = headers.first { $0.name == "authorization" }?.value
            #expect(authorization == recorded.authorization, "\(recorded.name)")
        }
    }

    /// S3's keys and API Gateway's connections go over the wire as botocore sends them.
    @Test func pathsAreThoseOfBotocore() throws {
        for recorded in try Self.recording().cases {
            guard let plain = recorded.plain else { continue }
            if recorded.service == "s3" {
                let bucket = recorded.path.dropFirst().prefix { $0 != "/" }
                #expect(recorded.path == "/\(bucket)/" + PercentEncoding.encodePath(plain), "\(recorded.name)")
            } else {
                #expect(recorded.path == "/prod/@connections/" + PercentEncoding.encode(plain), "\(recorded.name)")
            }
        }
    }

    @Test func encodingIsReversible() {
        for text in ["", "a b", "100%", "日本語", "\u{0}\u{7f}", "~-._"] {
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
        }
        #expect(PercentEncoding.decode("%4") == nil)
        #expect(PercentEncoding.decode("%zz") == nil)
        #expect(PercentEncoding.decode("%ff") == nil)
    }

    @Test func datesAreReadAndWritten() {
        let moment = Timestamp(milliseconds: 1_733_791_720_000)
        #expect(AWSDate.stamp(moment) == "20241210T004840Z")
        #expect(AWSDate.rfc3339("2024-12-10T00:48:40Z") == moment)
        #expect(AWSDate.rfc3339("2024-12-10T00:48:40.123Z") == moment)
        #expect(AWSDate.http("Tue, 10 Dec 2024 00:48:40 GMT") == moment)
        for text in ["", "2024-12-10", "2024-12-10T00:48:40+01:00", "2024-13-10T00:48:40Z", "2024-12-10T25:48:40Z"] {
            #expect(AWSDate.rfc3339(text) == nil)
        }
        for text in ["", "Tue, 10 Dec 2024 00:48:40", "Tue, 10 Dez 2024 00:48:40 GMT", "Tue, 10 Dec 2024 00:61:40 GMT"]
        {
            #expect(AWSDate.http(text) == nil)
        }
    }

    @Test func credentialsDoNotShowTheirSecret() {
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "hush", sessionToken: "hush too")
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] { #expect(!text.contains("hush")) }
    }
}

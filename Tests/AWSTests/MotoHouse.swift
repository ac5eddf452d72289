import HTTPClient
import Support
import TestSupport

@testable import AWS

/// Clients of the stand-ins, and what they need to exist. Names are the caller's own.
struct MotoHouse {
    let server: MotoServer
    let http = HTTPClient(log: .silent)
    /// Two cores under a whole test run may keep a stand-in waiting for longer than a service would.
    static let patience = Duration.seconds(60)

    init() async throws { server = try await MotoServer.shared() }

    func client(_ service: AWSService) throws -> AWSClient {
        AWSClient(
            try AWSEndpoint(service, region: "eu-west-1", url: server.url),
            credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")), http: http)
    }

    /// What is sent to make things, and read by no one.
    indirect enum JSON: Encodable, Sendable, ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral,
        ExpressibleByArrayLiteral
    {
        case text(String)
        case object([String: JSON])
        case list([JSON])

        init(stringLiteral text: String) { self = .text(text) }
        init(dictionaryLiteral pairs: (String, JSON)...) { self = .object(Dictionary(uniqueKeysWithValues: pairs)) }
        init(arrayLiteral values: JSON...) { self = .list(values) }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .object(let members): try container.encode(members)
            case .list(let values): try container.encode(values)
            }
        }
    }

    @discardableResult
    func make<Out: Decodable & Sendable>(
        _ service: AWSService, _ operation: String, _ input: JSON, as: Out.Type = Ignored.self
    ) async throws -> Out {
        try await client(service).call(operation, input, as: Out.self, deadline: Self.patience)
    }

    /// A table with string keys `pk` and `sk`, and an index `by_owner` over `owner` and `sk`.
    func table(_ name: String) async throws -> DynamoDB {
        try await make(
            .dynamoDB, "CreateTable",
            [
                "TableName": .text(name), "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": .list(
                    ["pk", "sk", "owner"].map { ["AttributeName": .text($0), "AttributeType": "S"] }),
                "KeySchema": [
                    ["AttributeName": "pk", "KeyType": "HASH"], ["AttributeName": "sk", "KeyType": "RANGE"],
                ],
                "GlobalSecondaryIndexes": [
                    [
                        "IndexName": "by_owner", "Projection": ["ProjectionType": "ALL"],
                        "KeySchema": [
                            ["AttributeName": "owner", "KeyType": "HASH"], ["AttributeName": "sk", "KeyType": "RANGE"],
                        ],
                    ]
                ],
            ])
        return DynamoDB(try client(.dynamoDB), table: name)
    }

    func queue(_ name: String, attributes: JSON = [:]) async throws -> SQS {
        struct Output: Decodable, Sendable { let QueueUrl: String }
        let made = try await make(
            .sqs, "CreateQueue", ["QueueName": .text(name), "Attributes": attributes], as: Output.self)
        return try SQS(client(.sqs), queueURL: made.QueueUrl)
    }

    func bucket(_ name: String) async throws -> S3 {
        let client = try client(.s3)
        var request = AWSRequest("CreateBucket", .put, path: "/" + name)
        request.body = Array(
            "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"
                .utf8)
        request.headers = [("content-type", "application/xml")]
        try await client.send(request, deadline: Self.patience) { _ in }
        return S3(client, bucket: name)
    }
}

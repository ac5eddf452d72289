import HTTPClient
import Support
import Synchronization
import TestSupport
import Testing

@testable import AWS

/// A machine's clock whose sleepers are woken at once, and which remembers for how long they would have slept.
final class HastyTime: TimeSource {
    private let slept = Locked<[Duration]>([])
    var waits: [Duration] { slept.withLock { $0 } }
    var now: Timestamp { SystemTime().now }
    var steady: Timestamp { SystemTime().steady }
    var elapsed: Duration { SystemTime().elapsed }
    func sleep(for duration: Duration) async throws { slept.withLock { $0.append(duration) } }
}

/// A source that counts, with new keys after each that were forgotten.
final class CountingSource: AWSCredentialSource {
    private let generation = Locked(1)
    func credentials() async throws -> AWSCredentials {
        AWSCredentials(accessKeyID: "AKID\(generation.withLock { $0 })", secretAccessKey: "secret")
    }
    func forget(_ credentials: AWSCredentials) { generation.withLock { $0 += 1 } }
}

@Suite struct ClientTests {
    let time = HastyTime()
    let retries = AWSRetryBudget()

    func client(_ server: ScriptedServer, _ service: AWSService = .dynamoDB) throws -> AWSClient {
        AWSClient(
            try AWSEndpoint(service, region: "eu-west-1", url: server.url), credentials: CountingSource(),
            http: HTTPClient(log: .silent), retries: retries, time: time)
    }

    func get(_ client: AWSClient, _ repeats: AWSRepeats = .always) async throws -> [String: String] {
        try await client.call("GetItem", ["TableName": "t"], repeats: repeats, deadline: .seconds(300))
    }

    static func failure(_ type: String, _ status: Int = 400, headers: [String] = []) -> [ScriptedServer.Step] {
        .response(
            status, headers: headers,
            #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(type)","message":"secret words"}"#)
    }

    static let good: [ScriptedServer.Step] = .response(200, #"{"a":"b"}"#)

    func error(_ body: () async throws -> Void) async -> AWSError? {
        do {
            try await body()
            return nil
        } catch { return error as? AWSError }
    }

    @Test func callsAreSignedJSON() async throws {
        let server = try ScriptedServer([Self.good])
        #expect(try await get(client(server)) == ["a": "b"])
        let request = try #require(server.requests.first)
        #expect(request.line == "POST / HTTP/1.1")
        #expect(request.header("x-amz-target") == "DynamoDB_20120810.GetItem")
        #expect(request.header("content-type") == "application/x-amz-json-1.0")
        #expect(request.body == #"{"TableName":"t"}"#)
        #expect(request.header("host") == "127.0.0.1:\(server.port)")
        let authorization = try #require(request.header("authorization"))
        #expect(
            authorization.contains(
                "/eu-west-1/dynamodb/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target"))
    }

    @Test func whatMayPassIsTriedAgain() async throws {
        let server = try ScriptedServer([
            Self.failure("InternalServerError", 500, headers: ["Connection: close"]), [.close], Self.good,
        ])
        #expect(try await get(client(server)) == ["a": "b"])
        #expect(server.requests.count == 3)
        try #require(time.waits.count == 2)
        #expect(time.waits[0] <= .milliseconds(25))
        #expect(time.waits[1] <= .milliseconds(50))
        // 14 for each further try; the last one's are returned.
        #expect(retries.available == 500 - 14)
    }

    @Test func threeTriesAreAll() async throws {
        let server = try ScriptedServer([Self.failure("InternalServerError", 500)])
        let error = await error { _ = try await get(client(server)) }
        #expect(error?.kind == .unavailable)
        #expect(error?.mayHaveHappened == true)
        #expect(server.requests.count == 3)
        #expect(retries.available == 500 - 28)
    }

    @Test func throttlingCostsLessAndWaitsLonger() async throws {
        let server = try ScriptedServer([
            Self.failure("ThrottlingException", headers: ["x-amz-retry-after: 1500"]), Self.good,
        ])
        _ = try await get(client(server), .whenUndone)
        try #require(time.waits.count == 1)
        #expect(time.waits[0] >= .milliseconds(1500))
        #expect(retries.available == 500)
    }

    @Test func waitsHaveFullJitter() {
        let rule = AWSRetryRule(service: .sqs)
        #expect(rule.wait(after: 1, .transient, asked: nil, random: 0.5) == .milliseconds(25))
        #expect(rule.wait(after: 2, .transient, asked: nil, random: 0.5) == .milliseconds(50))
        #expect(rule.wait(after: 1, .throttled, asked: nil, random: 0.5) == .milliseconds(500))
        #expect(rule.wait(after: 9, .throttled, asked: nil, random: 0.5) == .seconds(10))
        #expect(rule.wait(after: 1, .throttled, asked: .milliseconds(100), random: 0.5) == .milliseconds(500))
        #expect(rule.wait(after: 1, .throttled, asked: .seconds(60), random: 0.5) == .milliseconds(5500))
    }

    @Test func anEmptyBudgetEndsTheTries() async throws {
        while retries.take(14) {}
        let server = try ScriptedServer([Self.failure("InternalServerError", 500)])
        let error = await error { _ = try await get(client(server)) }
        #expect(error?.kind == .unavailable)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: ["ValidationException", "ConditionalCheckFailedException", "AccessDeniedException"])
    func whatWillNotPassIsNotTriedAgain(type: String) async throws {
        let server = try ScriptedServer([Self.failure(type)])
        let error = try #require(await error { _ = try await get(client(server)) })
        #expect(error.code == type)
        #expect(!error.mayHaveHappened)
        #expect(!error.description.contains("secret words"))
        #expect(server.requests.count == 1)
    }

    /// Its second try would be judged by what the first may have done.
    @Test func aConditionalWriteWithALostAnswerIsNotMadeAgain() async throws {
        let server = try ScriptedServer([[.close], Self.good])
        let error = try #require(await error { _ = try await get(client(server), .whenUndone) })
        #expect(error.mayHaveHappened)
        #expect(error.kind == .unreachable)
        #expect(server.requests.count == 1)
    }

    @Test func aWaitBeyondTheDeadlineIsNotBegun() async throws {
        let server = try ScriptedServer([Self.failure("ThrottlingException", headers: ["x-amz-retry-after: 4000"])])
        let error = await error {
            let _: [String: String] = try await client(server).call("GetItem", ["a": "b"], deadline: .seconds(1))
        }
        #expect(error?.kind == .throttled)
        #expect(server.requests.count == 1)
    }

    @Test func anAnswerThatNeverComesEndsWithTheDeadline() async throws {
        let server = try ScriptedServer([[.untilPeerCloses]])
        let error = await error {
            let _: [String: String] = try await client(server).call("GetItem", ["a": "b"], deadline: .milliseconds(100))
        }
        #expect(error?.kind == .timeout)
        #expect(error?.mayHaveHappened == true)
    }

    @Test func nobodyThere() async throws {
        let port = try ClosedPort()
        let client = AWSClient(
            try AWSEndpoint(.sqs, region: "eu-west-1", url: "http://127.0.0.1:\(port.port)"),
            credentials: CountingSource(), http: HTTPClient(log: .silent), retries: retries, time: time)
        let error = try #require(await error { _ = try await get(client, .whenUndone) })
        #expect(error.kind == .unreachable)
        #expect(!error.mayHaveHappened)
        #expect(error.description.contains("AWS_ENDPOINT_URL"))
        #expect(time.waits.count == 2)
    }

    @Test func theServicesClockIsTaken() async throws {
        let server = try ScriptedServer([
            Self.failure("InvalidSignatureException", headers: ["Date: Tue, 10 Dec 2024 00:48:40 GMT"]), Self.good,
            Self.good,
        ])
        let client = try client(server)
        _ = try await get(client, .whenUndone)
        _ = try await get(client)
        #expect(server.requests.count == 3)
        for request in server.requests.dropFirst() {
            #expect(request.header("x-amz-date")?.hasPrefix("20241210T0048") == true)
        }
        #expect(time.waits.isEmpty)
    }

    @Test func aClockThatCannotBePutRightIsNamed() async throws {
        let server = try ScriptedServer([
            Self.failure("RequestTimeTooSkewed", 403, headers: ["Date: Tue, 10 Dec 2024 00:48:40 GMT"]),
            Self.failure("RequestTimeTooSkewed", 403, headers: ["Date: Tue, 10 Dec 2024 06:48:40 GMT"]),
        ])
        let error = try #require(await error { _ = try await get(client(server)) })
        #expect(error.kind == .clockSkew)
        #expect(error.description.contains("NTP"))
        #expect(server.requests.count == 2)
    }

    /// With a right clock, it is the keys that are wrong.
    @Test func aWrongKeyIsNamed() async throws {
        let server = try ScriptedServer([Self.failure("InvalidSignatureException")])
        let error = try #require(await error { _ = try await get(client(server)) })
        #expect(error.kind == .badCredentials)
        #expect(error.description.contains("AWS_SECRET_ACCESS_KEY"))
    }

    @Test func expiredCredentialsAreFetchedAnewOnce() async throws {
        let server = try ScriptedServer([Self.failure("ExpiredTokenException"), Self.good])
        _ = try await get(client(server), .whenUndone)
        #expect(server.requests.last?.header("authorization")?.contains("AKID2/") == true)

        let other = try ScriptedServer([Self.failure("ExpiredTokenException")])
        let error = try #require(await error { _ = try await get(client(other)) })
        #expect(error.kind == .expiredCredentials)
        #expect(other.requests.count == 2)
    }

    @Test func anAnswerThatIsNotJSONIsNamed() async throws {
        let server = try ScriptedServer([.response(200, "<html>")])
        let error = try #require(await error { _ = try await get(client(server)) })
        #expect(error.kind == .unreadable)
        #expect(error.description.contains("AWS_ENDPOINT_URL"))
    }

    @Test func reasonsOfATransactionAreRead() async throws {
        let server = try ScriptedServer([
            .response(
                400,
                #"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"x","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"m","Item":{"pk":{"S":"1"}}}]}"#
            )
        ])
        let error = try #require(await error { _ = try await get(client(server)) })
        #expect(error.kind == .transaction)
        #expect(error.reasons == [.init(code: "None"), .init(code: "ConditionalCheckFailed", item: ["pk": "1"])])
        #expect(error.isConditionFailure)
        #expect(error.description.contains("ConditionalCheckFailed"))
    }

    @Test(arguments: [
        (AWSService.sqs, "com.amazonaws.sqs#QueueDoesNotExist", "GEPETO_QUEUE"),
        (.dynamoDB, "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "GEPETO_HISTORY"),
        (.sqs, "com.amazon.coral.service#AccessDeniedException", "GEPETO_QUEUE"),
        (.ssm, "UnrecognizedClientException", "AWS_ACCESS_KEY_ID"),
    ])
    func sentencesNameTheSetting(service: AWSService, type: String, setting: String) async throws {
        let server = try ScriptedServer([.response(400, #"{"__type":"\#(type)"}"#)])
        let error = try #require(await error { _ = try await get(client(server, service)) })
        #expect(error.description.contains(setting), "\(error)")
    }

    @Test(arguments: [
        (301, ["x-amz-bucket-region: sa-east-1"], "<Error><Code>PermanentRedirect</Code></Error>"),
        (
            400, [],
            "<?xml version=\"1.0\"?><Error><Code>AuthorizationHeaderMalformed</Code><Region>sa-east-1</Region></Error>"
        ),
    ])
    func aBucketElsewhereIsNamed(status: Int, headers: [String], body: String) async throws {
        let server = try ScriptedServer([.response(status, headers: headers, body)])
        let error = try #require(
            await error {
                _ = try await client(server, .s3).send(
                    AWSRequest("GetObject", .get, path: "/b/k"), deadline: .seconds(300))
            })
        #expect(error.kind == .wrongRegion)
        #expect(error.description.contains("AWS_REGION=sa-east-1"))
    }

    @Test func endpointsAreThoseOfTheEnvironment() throws {
        #expect(
            try AWSEndpoint(.sqs, environment: ["AWS_REGION": "eu-west-1"]).url == "https://sqs.eu-west-1.amazonaws.com"
        )
        #expect(
            try AWSEndpoint(.s3, environment: ["AWS_DEFAULT_REGION": "cn-north-1"]).url
                == "https://s3.cn-north-1.amazonaws.com.cn")
        let both = [
            "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://a:1/", "AWS_ENDPOINT_URL_DYNAMODB": "http://b:2",
        ]
        #expect(try AWSEndpoint(.sqs, environment: both).url == "http://a:1")
        #expect(try AWSEndpoint(.dynamoDB, environment: both).url == "http://b:2")
        #expect(try AWSEndpoint(.executeAPI, region: "r", url: "https://h:443/prod/").host == "h")
        #expect(try AWSEndpoint(.executeAPI, region: "r", url: "https://h:443/prod/").basePath == "/prod")
        for (environment, setting) in [
            ([:], "AWS_REGION"), (["AWS_REGION": "Europe"], "AWS_REGION"),
            (["AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "moto:5000"], "AWS_ENDPOINT_URL"),
            (["AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://user:pw@moto"], "AWS_ENDPOINT_URL"),
        ] {
            do {
                _ = try AWSEndpoint(.sqs, environment: environment)
                Issue.record("an endpoint of \(environment)")
            } catch { #expect(error.description.contains(setting)) }
        }
    }
}

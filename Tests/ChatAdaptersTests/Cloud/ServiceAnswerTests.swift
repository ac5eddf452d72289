import AWS
import ChatService
import HTTPClient
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What the store makes of answers that moto does not give.
@Suite("Answers of DynamoDB and SQS", .timeLimit(.minutes(5)))
struct ServiceAnswerTests {
    private func client(_ service: AWSService, _ server: ScriptedServer) throws -> AWSClient {
        AWSClient(
            try AWSEndpoint(service, region: "eu-west-1", url: server.url),
            credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")),
            http: HTTPClient(log: .silent))
    }

    private func queue(_ script: [[ScriptedServer.Step]]) throws -> (SQSMessages, ScriptedServer) {
        let server = try ScriptedServer(script)
        let sqs = try SQS(try client(.sqs, server), queueURL: "https://sqs.eu-west-1.amazonaws.com/1/q")
        return (SQSMessages(sqs, deadline: .seconds(300)), server)
    }

    /// What becomes of two writes that are answered so.
    private func commit(writes: Int = 2, _ script: [[ScriptedServer.Step]]) async throws -> (any Error)? {
        let server = try ScriptedServer(script)
        let table = DynamoTable(DynamoDB(try client(.dynamoDB, server), table: "t"), deadline: .seconds(300))
        let parts = (0..<writes).map { ItemWrite.put(["a": "b"].at(ItemKey("p", "\($0)")), .absent) }
        do {
            try await table.commit(parts, token: "token")
            return nil
        } catch {
            return error
        }
    }

    private static func failure(_ type: String, _ reasons: [String] = []) -> [ScriptedServer.Step] {
        let list = reasons.map { #"{"Code":"\#($0)"}"# }.joined(separator: ",")
        return .response(
            400, #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(type)","CancellationReasons":[\#(list)]}"#)
    }

    @Test(
        "A transaction that others were in the way of is tried again",
        arguments: [
            ["None", "ConditionalCheckFailed"], ["TransactionConflict", "None"], ["ThrottlingError", "None"],
        ])
    func conflicts(reasons: [String]) async throws {
        let error = try await commit([Self.failure("TransactionCanceledException", reasons)])
        guard case .conflict? = error as? CommitFailure else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("One that can never be done is not")
    func faults() async throws {
        let invalid = try await commit([Self.failure("TransactionCanceledException", ["ValidationError", "None"])])
        #expect((invalid as? AWSError)?.kind == .transaction)
        let denied = try await commit([Self.failure("AccessDeniedException")])
        #expect((denied as? AWSError)?.description.contains("GEPETO_HISTORY") == true)
        let expired = try await commit([Self.failure("ExpiredTokenException"), Self.failure("ExpiredTokenException")])
        #expect((expired as? AWSError)?.description.contains("expired") == true)
    }

    @Test("A lost answer to a transaction is asked for again under the same token; to a write alone it is unknown")
    func lostAnswers() async throws {
        // More answers than one: on a slow machine a try may end by its own time.
        let none = try await commit([[.close]] + Array(repeating: .response(200, "{}"), count: 3))
        #expect(none == nil, "\(none.map { "\($0)" } ?? "")")
        let error = try await commit(writes: 1, [[.close]])
        guard case .unsure? = error as? CommitFailure else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Of a batch that was taken in part the rest is said")
    func partialFailure() async throws {
        let (queue, server) = try queue([
            .response(200, #"{"Failed":[{"Id":"1","Code":"InternalError","SenderFault":false}],"Successful":[]}"#)
        ])
        let sent = try await queue.send(["a", "b", "c"].map { JobMessage(job: $0, kind: .question, traceID: "t") })
        #expect(sent == ["a", "c"] && server.requests.count == 1)
    }

    @Test("What was not deleted by the service's fault is deleted at the second time")
    func partialDeletion() async throws {
        let (queue, server) = try queue([
            .response(
                200,
                #"{"Failed":[{"Id":"0","Code":"ReceiptHandleIsInvalid","SenderFault":true},{"Id":"1","Code":"InternalError","SenderFault":false}]}"#
            ), .response(200, "{}"),
        ])
        try await queue.delete(["x", "y"])
        #expect(server.requests.count == 2)
        #expect(server.requests[1].body.contains("\"y\"") && !server.requests[1].body.contains("\"x\""))
    }

    @Test("The queue of what SQS itself put aside is moved back")
    func redrive() async throws {
        let arn = "arn:aws:sqs:eu-west-1:1:dead"
        let policy = #"{\"deadLetterTargetArn\":\"\#(arn)\",\"maxReceiveCount\":20}"#
        let (queue, server) = try queue([
            .response(200, #"{"Attributes":{"QueueArn":"arn:aws:sqs:eu-west-1:1:q","RedrivePolicy":"\#(policy)"}}"#),
            .response(200, #"{"TaskHandle":"h"}"#),
        ])
        #expect(try await queue.redrive())
        #expect(server.requests[1].header("x-amz-target") == "AmazonSQS.StartMessageMoveTask")
        #expect(server.requests[1].body.contains("1:dead"))
    }
}

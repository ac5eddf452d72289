import Support
import TestSupport
import Testing

@testable import AWS

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct SQSTests {
    @Test func messagesAreSentReceivedAndDeleted() async throws {
        let queue = try await MotoHouse().queue("whole-way")
        let body = "{\"job\":\"olá €\"}"
        let id = try await queue.sendMessage(
            .init(body, attributes: ["traceparent": "00-ab-cd-01"]), deadline: MotoHouse.patience)
        let messages = try await queue.receiveMessages(
            wait: .seconds(1), visibility: .seconds(30), deadline: MotoHouse.patience)
        let message = try #require(messages.first)
        #expect(message.id == id)
        #expect(message.body == body)
        #expect(message.attributes == ["traceparent": "00-ab-cd-01"])
        #expect(message.receiveCount == 1)
        #expect(message.sentAt != nil)
        #expect(try await queue.receiveMessages(deadline: MotoHouse.patience).isEmpty)
        var attributes = try await queue.getQueueAttributes(deadline: MotoHouse.patience)
        #expect(attributes.inFlight == 1)
        #expect(attributes.visible == 0)
        #expect(attributes.redrive == nil)

        // Given back, and received once more.
        try await queue.changeMessageVisibility(message.receipt, to: .zero, deadline: MotoHouse.patience)
        let again = try #require(await queue.receiveMessages(wait: .seconds(1), deadline: MotoHouse.patience).first)
        #expect(again.receiveCount == 2)
        try await queue.deleteMessage(again.receipt, deadline: MotoHouse.patience)
        attributes = try await queue.getQueueAttributes(deadline: MotoHouse.patience)
        #expect(attributes.inFlight == 0)
    }

    @Test func batchesSayWhatWasNotDone() async throws {
        let queue = try await MotoHouse().queue("batches")
        let sent = try await queue.sendMessageBatch(
            (0..<10).map { SQS.Outgoing("m\($0)", delay: $0 < 2 ? .seconds(900) : nil) }, deadline: MotoHouse.patience)
        #expect(sent.isEmpty)
        #expect(try await queue.getQueueAttributes(deadline: MotoHouse.patience).delayed == 2)
        let messages = try await queue.receiveMessages(most: 10, wait: .seconds(1), deadline: MotoHouse.patience)
        #expect(messages.count == 8)
        let receipts = messages.map(\.receipt)
        #expect(
            try await queue.changeMessageVisibilityBatch(receipts, to: .seconds(60), deadline: MotoHouse.patience)
                .isEmpty)
        let failures = try await queue.deleteMessageBatch(receipts + ["nobody's"], deadline: MotoHouse.patience)
        #expect(failures.map(\.index) == [8])
        #expect(failures.first?.isSenderFault == true)
        #expect(try await queue.deleteMessageBatch([], deadline: MotoHouse.patience).isEmpty)
    }

    @Test func theRedrivePolicyIsRead() async throws {
        let house = try await MotoHouse()
        let arn = try await house.queue("dead").getQueueAttributes(deadline: MotoHouse.patience).arn
        let queue = try await house.queue(
            "with-dead",
            attributes: ["RedrivePolicy": .text("{\"deadLetterTargetArn\":\"\(arn)\",\"maxReceiveCount\":\"7\"}")])
        let attributes = try await queue.getQueueAttributes(deadline: MotoHouse.patience)
        #expect(attributes.redrive == SQS.Redrive(deadLetterARN: arn, maxReceiveCount: 7))
    }

    @Test func aMissingQueueIsNamed() async throws {
        let house = try await MotoHouse()
        let queue = try SQS(house.client(.sqs), queueURL: house.server.url + "/123456789012/nowhere")
        await #expect { try await queue.sendMessage(.init("x"), deadline: MotoHouse.patience) } throws: {
            let error = $0 as? AWSError
            return error?.kind == .missing && error?.description.contains("GEPETO_QUEUE") == true
        }
        #expect(throws: AWSError.self) { try SQS(house.client(.sqs), queueURL: "gepeto") }
    }

    /// The stand-in does not know this call.
    @Test func moveTasksAreStarted() async throws {
        let server = try ScriptedServer([.response(200, #"{"TaskHandle":"handle"}"#)])
        let client = AWSClient(
            try AWSEndpoint(.sqs, region: "eu-west-1", url: server.url), credentials: CountingSource(),
            http: .init(log: .silent))
        let queue = try SQS(client, queueURL: "https://sqs.eu-west-1.amazonaws.com/1/q")
        #expect(try await queue.startMessageMoveTask(from: "arn:dead", messagesPerSecond: 5) == "handle")
        #expect(server.requests.first?.header("x-amz-target") == "AmazonSQS.StartMessageMoveTask")
        #expect(server.requests.first?.body.contains(#""SourceArn":"arn:dead""#) == true)
    }
}

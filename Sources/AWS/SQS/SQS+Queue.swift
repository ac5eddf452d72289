import Support

extension SQS {
    /// What a queue says of itself; the counts are approximate.
    package struct Attributes: Sendable, Equatable {
        package let arn: String
        /// Waiting to be received.
        package let visible: Int
        /// Received, neither deleted nor visible again.
        package let inFlight: Int
        package let delayed: Int
        package let visibility: Duration
        /// The `deadLetterTargetArn` and `maxReceiveCount` of its redrive policy.
        package let redrive: Redrive?
    }

    package struct Redrive: Sendable, Equatable {
        package let deadLetterARN: String
        package let maxReceiveCount: Int
    }

    package func getQueueAttributes(deadline: Duration? = nil) async throws -> Attributes {
        let input = AttributesInput(queueURL: queueURL)
        let output = try await client.call(
            "GetQueueAttributes", input, as: QueueOutput.self, deadline: deadline ?? usual)
        let values = output.attributes ?? [:]
        func number(_ name: String) -> Int { values[name].flatMap { Int($0) } ?? 0 }
        return Attributes(
            arn: values["QueueArn"] ?? "", visible: number("ApproximateNumberOfMessages"),
            inFlight: number("ApproximateNumberOfMessagesNotVisible"),
            delayed: number("ApproximateNumberOfMessagesDelayed"),
            visibility: .seconds(number("VisibilityTimeout")), redrive: values["RedrivePolicy"].flatMap(Redrive.init))
    }

    /// Begins to move the messages of a dead-letter queue back to where they came from, or to `destination`.
    /// - Returns: a handle of the task.
    @discardableResult
    package func startMessageMoveTask(
        from deadLetterARN: String, to destination: String? = nil, messagesPerSecond: Int? = nil,
        deadline: Duration? = nil
    ) async throws -> String {
        let input = MoveInput(source: deadLetterARN, destination: destination, rate: messagesPerSecond)
        // A second task for the same queue would be refused.
        return try await client.call(
            "StartMessageMoveTask", input, as: MoveOutput.self, repeats: .whenUndone, deadline: deadline ?? usual
        ).handle
    }
}

import Support

/// One queue of SQS: its operations, typed and thin. Each call has the contract's deadline of two seconds, beside the time
/// that long polling may take.
///
/// All throw `AWSError`, `AWSCredentialsError` and `CancellationError`. Delivery is at least once: also because sending is
/// tried again when its answer is lost.
package struct SQS: Sendable {
    /// The contract, section 5.
    package static let deadline = Duration.seconds(2)
    /// The most entries of a batch, and messages of one receive.
    package static let batchLimit = 10
    /// The most bytes of a message, its attributes included.
    package static let messageLimit = 256 << 10

    package let queueURL: String
    let client: AWSClient
    /// For calls that say nothing else.
    let usual: Duration

    /// - Parameters:
    ///   - queueURL: as `GetQueueUrl` says it.
    ///   - deadline: of calls that name none of their own.
    /// - Throws: `AWSError` (`configuration`) for what is no URL.
    package init(_ client: AWSClient, queueURL: String, deadline: Duration = deadline) throws(AWSError) {
        guard queueURL.hasPrefix("https://") || queueURL.hasPrefix("http://") else {
            throw AWSError(
                .configuration, code: "InvalidQueueURL", service: .sqs, operation: "configure",
                region: client.endpoint.region)
        }
        self.client = client
        self.queueURL = queueURL
        usual = deadline
    }

    /// A message to send.
    package struct Outgoing: Sendable {
        package let body: String
        /// Strings, at most ten, such as `traceparent`.
        package let attributes: [String: String]
        /// Nobody receives it earlier; up to 15 minutes.
        package let delay: Duration?

        package init(_ body: String, attributes: [String: String] = [:], delay: Duration? = nil) {
            self.body = body
            self.attributes = attributes
            self.delay = delay
        }
    }

    /// A message received: nobody else gets it until its visibility ends, unless it is deleted before.
    package struct Message: Sendable, Equatable {
        package let id: String
        /// Names this receipt, for deleting and for changing the visibility.
        package let receipt: String
        package let body: String
        package let attributes: [String: String]
        /// How often it was received, this time included.
        package let receiveCount: Int
        package let sentAt: Timestamp?
    }

    /// An entry of a batch that was not carried out.
    package struct Failure: Sendable, Equatable {
        /// Its place in what was handed in.
        package let index: Int
        package let code: String
        /// Whether the request was at fault: then another try is of no use.
        package let isSenderFault: Bool
    }

    /// - Returns: the message's id.
    @discardableResult
    package func sendMessage(_ message: Outgoing, deadline: Duration? = nil) async throws -> String {
        let input = SendInput(queueURL: queueURL, entry: SendEntry(message, id: nil))
        return try await client.call("SendMessage", input, as: SendOutput.self, deadline: deadline ?? usual).messageID
    }

    /// Up to ten messages, 256 KB together, in one call.
    /// - Returns: those that were not taken.
    package func sendMessageBatch(_ messages: [Outgoing], deadline: Duration? = nil) async throws -> [Failure] {
        try await batch("SendMessageBatch", messages.enumerated().map { SendEntry($1, id: "\($0)") }, deadline)
    }

    /// - Parameters:
    ///   - wait: how long to wait for the first message, up to 20 s.
    ///   - visibility: how long nobody else gets the messages; the queue's own setting when nil.
    ///   - deadline: what the call may take beside `wait`.
    /// - Returns: none to `most` (up to ten), in no order.
    package func receiveMessages(
        most: Int = batchLimit, wait: Duration = .zero, visibility: Duration? = nil,
        deadline: Duration? = nil
    ) async throws -> [Message] {
        let input = ReceiveInput(
            queueURL: queueURL, most: min(max(1, most), Self.batchLimit), wait: Int(wait.components.seconds),
            visibility: visibility.map { Int($0.components.seconds) })
        let output = try await client.call(
            "ReceiveMessage", input, as: ReceiveOutput.self, deadline: wait + (deadline ?? usual))
        return (output.messages ?? []).map(\.message)
    }

    /// A message that is gone already is deleted.
    package func deleteMessage(_ receipt: String, deadline: Duration? = nil) async throws {
        let input = ["QueueUrl": queueURL, "ReceiptHandle": receipt]
        _ = try await client.call("DeleteMessage", input, as: Ignored.self, deadline: deadline ?? usual)
    }

    /// Up to ten messages in one call.
    /// - Returns: those that were not deleted.
    package func deleteMessageBatch(_ receipts: [String], deadline: Duration? = nil) async throws -> [Failure] {
        let entries = receipts.enumerated().map { ReceiptEntry(id: "\($0)", receipt: $1, visibility: nil) }
        return try await batch("DeleteMessageBatch", entries, deadline)
    }

    /// From now on nobody else gets the message for this long, up to 12 hours; zero gives it back at once.
    package func changeMessageVisibility(
        _ receipt: String, to visibility: Duration, deadline: Duration? = nil
    ) async throws {
        let input = VisibilityInput(
            queueURL: queueURL, receipt: receipt, visibility: Int(visibility.components.seconds))
        _ = try await client.call("ChangeMessageVisibility", input, as: Ignored.self, deadline: deadline ?? usual)
    }

    /// Up to ten messages in one call.
    /// - Returns: those for which it was not changed, such as messages that are gone.
    package func changeMessageVisibilityBatch(
        _ receipts: [String], to visibility: Duration, deadline: Duration? = nil
    ) async throws -> [Failure] {
        let entries = receipts.enumerated().map {
            ReceiptEntry(id: "\($0)", receipt: $1, visibility: Int(visibility.components.seconds))
        }
        return try await batch("ChangeMessageVisibilityBatch", entries, deadline)
    }

    private func batch(
        _ operation: String, _ entries: [some Encodable & Sendable], _ deadline: Duration?
    ) async throws -> [Failure] {
        precondition(entries.count <= Self.batchLimit, "a batch of SQS has ten entries at most")
        guard !entries.isEmpty else { return [] }
        let output = try await client.call(
            operation, BatchInput(queueURL: queueURL, entries: entries), as: BatchOutput.self,
            deadline: deadline ?? usual)
        return (output.failed ?? []).compactMap { failed in
            Int(failed.id).map {
                Failure(
                    index: $0, code: ErrorReport.plain(failed.code) ?? "Unknown", isSenderFault: failed.isSenderFault)
            }
        }
    }
}

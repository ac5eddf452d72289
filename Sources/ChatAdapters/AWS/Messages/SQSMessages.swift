import AWS
import ChatService
import Support

/// A queue of SQS as the store uses it. A message is the job's id; `traceId` and `traceparent` are its attributes, for
/// whoever looks at a queue from outside.
package struct SQSMessages: JobMessages {
    /// SQS hides a message for 12 hours at most.
    private static let longestHiding = Duration.seconds(12 * 3600)

    private let queue: SQS
    private let deadline: Duration

    /// - Parameter deadline: of each call, beside waiting for messages; the contract's unless a stand-in is asked.
    package init(_ queue: SQS, deadline: Duration = SQS.deadline) {
        self.queue = queue
        self.deadline = deadline
    }

    package func send(_ messages: [JobMessage]) async throws -> Set<String> {
        let failures = try await queue.sendMessageBatch(
            messages.map { SQS.Outgoing($0.job, attributes: Self.attributes($0)) }, deadline: deadline)
        let failed = Set(failures.map(\.index))
        return Set(messages.indices.filter { !failed.contains($0) }.map { messages[$0].job })
    }

    /// `traceparent` (W3C Trace Context, section 3.2) names the span in which the job was accepted, as its worker does.
    static func attributes(_ message: JobMessage) -> [String: String] {
        guard !message.traceID.isEmpty else { return [:] }
        let parent = TraceParent(
            traceID: TraceParent.trace(of: message.traceID), spanID: TraceParent.span(ofJob: message.job),
            isSampled: message.isSampled ?? true)
        return ["traceId": message.traceID, "traceparent": parent.field]
    }

    package func receive(waiting wait: Duration, hiddenFor hidden: Duration) async throws -> ReceivedMessage? {
        let found = try await queue.receiveMessages(
            most: 1, wait: wait, visibility: Self.whole(hidden), deadline: deadline)
        return found.first.map { ReceivedMessage(job: $0.body, receipt: $0.receipt) }
    }

    package func delete(_ receipts: [String]) async throws {
        let failures = try await queue.deleteMessageBatch(receipts, deadline: deadline)
        // What was the service's own fault goes better at the second time; the rest is gone, or comes again and is over.
        let again = failures.filter { !$0.isSenderFault }.map { receipts[$0.index] }
        if !again.isEmpty { _ = try await queue.deleteMessageBatch(again, deadline: deadline) }
    }

    package func hide(_ receipt: String, for duration: Duration) async throws {
        try await queue.changeMessageVisibility(receipt, to: Self.whole(duration), deadline: deadline)
    }

    /// Whole seconds, rounded up: a message that shows before its job is due would be looked at in vain.
    private static func whole(_ duration: Duration) -> Duration {
        .seconds(Int(min(max(duration, .zero), longestHiding).inSeconds.rounded(.up)))
    }

    package func counts() async throws -> (visible: Int, hidden: Int)? {
        let attributes = try await queue.getQueueAttributes(deadline: deadline)
        return (attributes.visible + attributes.delayed, attributes.inFlight)
    }

    /// Checks the queue that a store is to work with: that it is there and may be used.
    package func check() async throws { _ = try await queue.getQueueAttributes(deadline: deadline) }

    /// Moves the messages that SQS itself has put aside (`maxReceiveCount`) back into the queue. Their jobs do not need it,
    /// since the sweep sends lost messages anew; it empties the dead-letter queue, and so ends its alarm.
    /// - Returns: false when the queue has no dead-letter queue.
    package func redrive() async throws -> Bool {
        guard let dead = try await queue.getQueueAttributes(deadline: deadline).redrive?.deadLetterARN else {
            return false
        }
        try await queue.startMessageMoveTask(from: dead, deadline: deadline)
        return true
    }
}

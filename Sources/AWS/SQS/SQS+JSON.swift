import FoundationEssentials
import Support

// The inputs and outputs of SQS's JSON protocol, as its API reference names their fields.

extension SQS {
    struct SendEntry: Encodable, Sendable {
        struct Value: Encodable, Sendable {
            let type = "String"
            let value: String

            enum CodingKeys: String, CodingKey { case type = "DataType", value = "StringValue" }
        }

        let id: String?
        let body: String
        let delay: Int?
        let attributes: [String: Value]?

        init(_ message: Outgoing, id: String?) {
            self.id = id
            body = message.body
            delay = message.delay.map { Int(min(max($0, .zero), .seconds(900)).inSeconds.rounded(.up)) }
            attributes = message.attributes.isEmpty ? nil : message.attributes.mapValues { Value(value: $0) }
        }

        enum CodingKeys: String, CodingKey {
            case id = "Id", body = "MessageBody", delay = "DelaySeconds", attributes = "MessageAttributes"
        }
    }

    struct SendInput: Encodable, Sendable {
        let queueURL: String
        let entry: SendEntry

        func encode(to encoder: any Encoder) throws {
            try entry.encode(to: encoder)
            var container = encoder.container(keyedBy: BatchKeys.self)
            try container.encode(queueURL, forKey: .queueURL)
        }
    }

    struct SendOutput: Decodable, Sendable {
        let messageID: String
        enum CodingKeys: String, CodingKey { case messageID = "MessageId" }
    }

    enum BatchKeys: String, CodingKey { case queueURL = "QueueUrl", entries = "Entries" }

    struct BatchInput<Entry: Encodable & Sendable>: Encodable, Sendable {
        let queueURL: String
        let entries: [Entry]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: BatchKeys.self)
            try container.encode(queueURL, forKey: .queueURL)
            try container.encode(entries, forKey: .entries)
        }
    }

    struct BatchOutput: Decodable, Sendable {
        struct Failed: Decodable, Sendable {
            let id: String
            let code: String
            let isSenderFault: Bool

            enum CodingKeys: String, CodingKey { case id = "Id", code = "Code", isSenderFault = "SenderFault" }
        }

        let failed: [Failed]?
        enum CodingKeys: String, CodingKey { case failed = "Failed" }
    }

    struct ReceiptEntry: Encodable, Sendable {
        let id: String
        let receipt: String
        let visibility: Int?

        enum CodingKeys: String, CodingKey {
            case id = "Id", receipt = "ReceiptHandle", visibility = "VisibilityTimeout"
        }
    }

    struct VisibilityInput: Encodable, Sendable {
        let queueURL: String
        let receipt: String
        let visibility: Int

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl", receipt = "ReceiptHandle", visibility = "VisibilityTimeout"
        }
    }

    struct ReceiveInput: Encodable, Sendable {
        let queueURL: String
        let most: Int
        let wait: Int
        let visibility: Int?
        let systemAttributes = ["ApproximateReceiveCount", "SentTimestamp"]
        let attributes = ["All"]

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl", most = "MaxNumberOfMessages", wait = "WaitTimeSeconds"
            case visibility = "VisibilityTimeout", attributes = "MessageAttributeNames"
            // The older name of MessageSystemAttributeNames, which stand-ins know too.
            case systemAttributes = "AttributeNames"
        }
    }

    struct ReceiveOutput: Decodable, Sendable {
        struct Received: Decodable, Sendable {
            struct Value: Decodable, Sendable {
                let value: String?
                enum CodingKeys: String, CodingKey { case value = "StringValue" }
            }

            let id: String
            let receipt: String
            let body: String
            let system: [String: String]?
            let attributes: [String: Value]?

            var message: Message {
                Message(
                    id: id, receipt: receipt, body: body,
                    attributes: (attributes ?? [:]).compactMapValues(\.value),
                    receiveCount: system?["ApproximateReceiveCount"].flatMap { Int($0) } ?? 1,
                    sentAt: system?["SentTimestamp"].flatMap { Int64($0) }.map(Timestamp.init(milliseconds:)))
            }

            enum CodingKeys: String, CodingKey {
                case id = "MessageId", receipt = "ReceiptHandle", body = "Body", system = "Attributes"
                case attributes = "MessageAttributes"
            }
        }

        let messages: [Received]?
        enum CodingKeys: String, CodingKey { case messages = "Messages" }
    }

    struct AttributesInput: Encodable, Sendable {
        let queueURL: String
        let names = ["All"]

        enum CodingKeys: String, CodingKey { case queueURL = "QueueUrl", names = "AttributeNames" }
    }

    struct QueueOutput: Decodable, Sendable {
        let attributes: [String: String]?
        enum CodingKeys: String, CodingKey { case attributes = "Attributes" }
    }

    struct MoveInput: Encodable, Sendable {
        let source: String
        let destination: String?
        let rate: Int?

        enum CodingKeys: String, CodingKey {
            case source = "SourceArn", destination = "DestinationArn", rate = "MaxNumberOfMessagesPerSecond"
        }
    }

    struct MoveOutput: Decodable, Sendable {
        let handle: String
        enum CodingKeys: String, CodingKey { case handle = "TaskHandle" }
    }
}

extension SQS.Redrive: Decodable {
    private enum CodingKeys: String, CodingKey { case deadLetterTargetArn, maxReceiveCount }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        deadLetterARN = try container.decode(String.self, forKey: .deadLetterTargetArn)
        // AWS writes a number where it was set as one, and a string where it was set as such.
        if let count = try? container.decode(Int.self, forKey: .maxReceiveCount) {
            maxReceiveCount = count
        } else {
            maxReceiveCount = Int(try container.decode(String.self, forKey: .maxReceiveCount)) ?? 0
        }
    }

    /// nil for what is not a redrive policy.
    init?(_ policy: String) {
        guard let value = try? JSONDecoder().decode(Self.self, from: Data(policy.utf8)) else { return nil }
        self = value
    }
}

import Support

/// Why a call to AWS failed. Never contains an answer's own text, a key, or anything that was sent.
package struct AWSError: ExplainedError, Equatable {
    /// The closed set of reasons; raw values are metric labels.
    package enum Kind: String, Sendable, CaseIterable {
        /// A setting is missing or malformed.
        case configuration = "aws_configuration"
        case unreachable = "aws_unreachable"
        /// No answer within the deadline.
        case timeout = "aws_timeout"
        case throttled = "aws_throttled"
        /// The service's own trouble (5xx).
        case unavailable = "aws_unavailable"
        case denied = "aws_denied"
        case badCredentials = "aws_bad_credentials"
        case expiredCredentials = "aws_expired_credentials"
        case clockSkew = "aws_clock_skew"
        /// The queue, table, bucket or parameter is not there.
        case missing = "aws_missing"
        /// The object is not there.
        case missingObject = "aws_missing_object"
        case wrongRegion = "aws_wrong_region"
        /// A condition did not hold: somebody else was first.
        case condition = "aws_condition"
        /// A transaction was not made; `reasons` say why.
        case transaction = "aws_transaction"
        case tooLarge = "aws_too_large"
        case invalid = "aws_invalid"
        /// The answer is not what the API says it is.
        case unreadable = "aws_unreadable"
    }

    /// Why one item of a transaction stood in its way.
    package struct CancellationReason: Sendable, Equatable {
        /// `None` for an item that did not, else for example `ConditionalCheckFailed`, `TransactionConflict`.
        package let code: String
        /// The item as it is, where that was asked for.
        package let item: Item?

        package init(code: String, item: Item? = nil) {
            self.code = code
            self.item = item
        }
    }

    package let kind: Kind
    /// The API's short name, such as `ConditionalCheckFailedException`, or that of a failure on the way there.
    package let code: String
    package let service: AWSService
    package let operation: String
    package let region: String
    /// nil when there was no answer.
    package var status: Int?
    /// What AWS's support asks for.
    package var requestID: String?
    /// In the order of the transaction's items.
    package var reasons: [CancellationReason] = []
    /// The item that the condition was held against, where that was asked for.
    package var item: Item?
    /// The region that a bucket is in.
    package var foundRegion: String?
    /// By how much this machine's clock is ahead of the service's.
    package var skew: Duration?
    /// Whether the call may have been carried out all the same: its answer was lost, or an earlier try's was.
    package var mayHaveHappened = false

    package init(_ kind: Kind, code: String, service: AWSService, operation: String, region: String) {
        self.kind = kind
        self.code = code
        self.service = service
        self.operation = operation
        self.region = region
    }

    package var label: String { kind.rawValue }

    /// Whether a condition of a write, alone or in a transaction, did not hold.
    package var isConditionFailure: Bool {
        kind == .condition || reasons.contains { $0.code == "ConditionalCheckFailed" }
    }
}

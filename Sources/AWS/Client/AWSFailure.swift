import FoundationEssentials
import HTTPClient
import Support

/// One attempt's failure: what to say, and whether another attempt may help.
struct AWSFailure: Error {
    var error: AWSError
    let chance: AWSRetryRule.Chance
    /// The service cannot have carried the call out.
    let isUndone: Bool
    var retryAfter: Duration?
    private(set) var remedy = Remedy.none

    /// What can be done so that the same call is no longer refused.
    enum Remedy: Equatable {
        case none
        /// The service's clock shows this.
        case clock(Timestamp)
        /// These have expired: fetch others.
        case credentials(AWSCredentials)
    }

    /// Below this, a difference of clocks is not why a signature was refused.
    private static let tolerance = Duration.seconds(240)

    /// Of a call that got no (whole) answer.
    init(_ cause: HTTPClientError, endpoint: AWSEndpoint, operation: String) {
        let kind: AWSError.Kind =
            switch cause.code {
            case .connectTimeout, .firstByteTimeout, .stalled, .deadline: .timeout
            case .protocolViolation: .unreadable
            case .tooLarge: .tooLarge
            case .invalidRequest: .invalid
            default: .unreachable
            }
        error = AWSError(
            kind, code: cause.code.rawValue, service: endpoint.service, operation: operation, region: endpoint.region)
        chance = AWSRetryRule.chance(of: cause.code)
        isUndone = AWSRetryRule.isUndone(cause.code)
        error.mayHaveHappened = !isUndone
    }

    /// Of an answer that says no.
    init(
        _ head: HTTPResponseHead, _ body: [UInt8], endpoint: AWSEndpoint, operation: String
    ) {
        let report = ErrorReport(head, body, service: endpoint.service)
        let code = report.code ?? "Status\(head.status)"
        error = AWSError(
            Self.kind(code, status: head.status < 300 ? 500 : head.status, service: endpoint.service), code: code,
            service: endpoint.service,
            operation: operation, region: endpoint.region)
        error.status = head.status
        error.requestID = (head["x-amzn-requestid"] ?? head["x-amz-request-id"]).flatMap(ErrorReport.plain)
        error.reasons = report.reasons
        error.item = report.item
        error.foundRegion = (head["x-amz-bucket-region"] ?? report.region).flatMap(ErrorReport.plain)
        if error.kind == .badCredentials || error.kind == .invalid, let found = error.foundRegion,
            found != endpoint.region
        {
            error = error.with(kind: .wrongRegion)
        }
        // An error told after a 200, as S3 may, is the service's own trouble.
        let status = head.status < 300 ? 500 : head.status
        chance = AWSRetryRule.chance(status: status, code: code)
        isUndone = AWSRetryRule.isUndone(status: status, code: code)
        error.mayHaveHappened = !isUndone
        if let text = head["x-amz-retry-after"], let milliseconds = Int64(text), milliseconds >= 0 {
            retryAfter = .milliseconds(min(milliseconds, 60_000))
        }
    }

    /// An answer that should have been good and is not what it should be.
    init(unreadable operation: String, endpoint: AWSEndpoint, status: Int) {
        error = AWSError(
            .unreadable, code: "UnreadableAnswer", service: endpoint.service, operation: operation,
            region: endpoint.region)
        error.status = status
        error.mayHaveHappened = true
        chance = .none
        isUndone = false
    }

    /// Looks whether the call was refused for the clock or for credentials that are too old.
    /// - Parameters:
    ///   - date: the answer's `Date` field.
    ///   - signedAt: the moment in the signature; `now` is what this machine's own clock says.
    mutating func findRemedy(date: String?, used: AWSCredentials, signedAt: Timestamp, now: Timestamp) {
        switch error.kind {
        case .expiredCredentials: remedy = .credentials(used)
        case .clockSkew, .badCredentials, .denied:
            guard let date = date.flatMap(AWSDate.http) else { return }
            let difference = signedAt - date
            guard difference > Self.tolerance || difference < .zero - Self.tolerance else { return }
            error = error.with(kind: .clockSkew)
            error.skew = now - date
            remedy = .clock(date)
        default: break
        }
    }

    private static func kind(_ code: String, status: Int, service: AWSService) -> AWSError.Kind {
        if let kind = kinds[code] { return kind }
        if AWSRetryRule.chance(status: status, code: code) == .throttled { return .throttled }
        switch status {
        case 301, 307, 308: return .wrongRegion
        case 401, 403: return .denied
        case 404: return service == .s3 ? .missingObject : .missing
        case 410: return .missing
        case 409, 412: return .condition
        case 413: return .tooLarge
        case 500...: return .unavailable
        default: return .invalid
        }
    }

    private static let kinds: [String: AWSError.Kind] = [
        "AccessDenied": .denied, "AccessDeniedException": .denied, "AllAccessDisabled": .denied,
        "KMSAccessDeniedException": .denied, "KmsAccessDenied": .denied,
        "UnrecognizedClientException": .badCredentials, "InvalidClientTokenId": .badCredentials,
        "InvalidAccessKeyId": .badCredentials, "SignatureDoesNotMatch": .badCredentials,
        "InvalidSignatureException": .badCredentials, "IncompleteSignature": .badCredentials,
        "MissingAuthenticationToken": .badCredentials, "MissingAuthenticationTokenException": .badCredentials,
        "InvalidToken": .badCredentials, "InvalidSecurity": .badCredentials, "AuthFailure": .badCredentials,
        "AuthorizationHeaderMalformed": .badCredentials,
        "ExpiredToken": .expiredCredentials, "ExpiredTokenException": .expiredCredentials,
        "TokenRefreshRequired": .expiredCredentials,
        "RequestTimeTooSkewed": .clockSkew, "RequestExpired": .clockSkew, "RequestInTheFuture": .clockSkew,
        "ResourceNotFoundException": .missing, "QueueDoesNotExist": .missing,
        "AWS.SimpleQueueService.NonExistentQueue": .missing, "InvalidAddress": .missing, "NoSuchBucket": .missing,
        "ParameterNotFound": .missing, "GoneException": .missing, "TableNotFoundException": .missing,
        "NoSuchKey": .missingObject, "NoSuchVersion": .missingObject,
        "PermanentRedirect": .wrongRegion, "TemporaryRedirect": .wrongRegion,
        "IllegalLocationConstraintException": .wrongRegion,
        "ConditionalCheckFailedException": .condition, "PreconditionFailed": .condition,
        "ConditionalRequestConflict": .condition,
        "TransactionCanceledException": .transaction,
        "ItemCollectionSizeLimitExceededException": .tooLarge, "EntityTooLarge": .tooLarge,
        "BatchRequestTooLong": .tooLarge, "PayloadTooLargeException": .tooLarge,
    ]
}

extension AWSError {
    func with(kind: Kind) -> AWSError {
        var other = AWSError(kind, code: code, service: service, operation: operation, region: region)
        (other.status, other.requestID, other.reasons, other.item) = (status, requestID, reasons, item)
        (other.foundRegion, other.skew, other.mayHaveHappened) = (foundRegion, skew, mayHaveHappened)
        return other
    }
}

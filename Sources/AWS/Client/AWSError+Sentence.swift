extension AWSError {
    package var description: String {
        let name = service.title
        switch kind {
        case .configuration:
            return switch code {
            case "MissingRegion": "No AWS region is set: set AWS_REGION, for example to eu-west-1."
            case "InvalidRegion":
                "AWS_REGION must be the name of a region such as eu-west-1; '\(region.prefix(64))' is none."
            case "InvalidEndpoint":
                "AWS_ENDPOINT_URL must be an http or https URL without user, query or fragment; unset it to use AWS itself."
            case "InvalidQueueURL":
                "GEPETO_QUEUE and GEPETO_DOCUMENT_QUEUE must be sqs: and the queue's URL, such as sqs:https://sqs.eu-west-1.amazonaws.com/123456789012/gepeto."
            case "InvalidBucketName":
                "GEPETO_DOCUMENTS must be s3://bucket/prefix, the bucket in lower-case letters, digits, dots and hyphens."
            default: "\(name) is not configured rightly (\(code)): check \(service.setting)."
            }
        case .unreachable:
            return "\(name) could not be reached (\(code)): check AWS_ENDPOINT_URL, AWS_REGION and the network."
        case .timeout:
            return "\(name) did not answer \(operation) in time: check its health and the network to \(region)."
        case .throttled:
            return
                "\(name) turned \(operation) away because of too many calls (\(code)); its limits in \(region) are too low for this load."
        case .unavailable: return "\(name) has trouble of its own in \(region) (\(code)); try again later.\(support)"
        case .denied:
            return
                "\(name) does not permit \(operation): give the role or user of these AWS credentials that permission on what \(service.setting) names."
        case .badCredentials:
            return
                "\(name) does not accept the AWS credentials (\(code)): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE."
        case .expiredCredentials:
            return
                "The AWS credentials have expired: renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or use a task role."
        case .clockSkew:
            let amount = skew.map { " by \($0.components.seconds.magnitude) s" } ?? ""
            return
                "This machine's clock differs from that of \(name)\(amount), and signatures are refused: set the clock by NTP."
        case .missing: return missing
        case .missingObject: return "There is no such object in the bucket that \(service.setting) names."
        case .wrongRegion:
            let found = foundRegion.map { "is in \($0)" } ?? "is in another region"
            return
                "The bucket that \(service.setting) names \(found), but AWS_REGION says \(region): set AWS_REGION\(foundRegion.map { "=\($0)" } ?? " to the bucket's region")."
        case .condition: return "\(name) did not carry out \(operation): what it depends on has changed meanwhile."
        case .transaction:
            let codes = Set(reasons.map(\.code)).subtracting(["None"]).sorted().joined(separator: ", ")
            return "\(name) did not carry out the transaction (\(codes.isEmpty ? code : codes))."
        case .tooLarge: return "\(name) does not take \(operation) of this size (\(code))."
        case .invalid:
            return
                "\(name) does not understand \(operation) as it was sent (\(code)): check \(service.setting) and this program's version.\(support)"
        case .unreadable: return "The answer to \(operation) is not one of \(name): check AWS_ENDPOINT_URL."
        }
    }

    private var missing: String {
        switch service {
        case .sqs:
            "There is no such queue in \(region) for this account: check the queue URLs in GEPETO_QUEUE and GEPETO_DOCUMENT_QUEUE, and AWS_REGION."
        case .dynamoDB:
            "There is no such table, or index of it, in \(region) for this account: check the table's name in \(service.setting), and AWS_REGION."
        case .s3: "There is no such bucket: check its name in GEPETO_DOCUMENTS."
        case .ssm: "There is no such parameter in \(region): check the path in GEPETO_SECRETS, and AWS_REGION."
        case .executeAPI: "The connection is gone."
        default: "What \(operation) names is not in \(region): check \(service.setting) and AWS_REGION."
        }
    }

    private var support: String { requestID.map { " Request id for AWS: \($0)." } ?? "" }
}

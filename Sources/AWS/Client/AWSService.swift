/// A service of AWS as its clients must know it.
package struct AWSService: Sendable, Equatable {
    /// What signatures are scoped to, and the first label of the regional host name.
    package let name: String
    /// What stands before the operation in `X-Amz-Target`; empty for services that speak REST.
    package let targetPrefix: String
    /// The version in `application/x-amz-json-…`.
    package let jsonVersion: String
    /// The service's name for people.
    package let title: String
    /// The settings of this program that choose its queue, table, bucket or path: for sentences about errors.
    package let setting: String

    package static let dynamoDB = AWSService(
        name: "dynamodb", targetPrefix: "DynamoDB_20120810", jsonVersion: "1.0", title: "DynamoDB",
        setting: "GEPETO_HISTORY and GEPETO_DIRECTORY")
    package static let sqs = AWSService(
        name: "sqs", targetPrefix: "AmazonSQS", jsonVersion: "1.0", title: "SQS",
        setting: "GEPETO_QUEUE and GEPETO_DOCUMENT_QUEUE")
    package static let ssm = AWSService(
        name: "ssm", targetPrefix: "AmazonSSM", jsonVersion: "1.1", title: "SSM Parameter Store",
        setting: "GEPETO_SECRETS")
    package static let s3 = AWSService(
        name: "s3", targetPrefix: "", jsonVersion: "", title: "S3", setting: "GEPETO_DOCUMENTS")
    package static let executeAPI = AWSService(
        name: "execute-api", targetPrefix: "", jsonVersion: "", title: "API Gateway", setting: "GEPETO_CONNECTIONS")

    package static func == (left: AWSService, right: AWSService) -> Bool { left.name == right.name }
}

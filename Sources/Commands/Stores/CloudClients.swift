import AWS
import HTTPClient
import Support

/// Clients of AWS's services as the usual variables say (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials).
struct CloudClients: Sendable {
    /// Long polls of each worker, and what all requests need at once.
    private static let mostCalls = 2_048
    /// For stand-ins on a laptop, which share its processor with the rest.
    private static let patience = Duration.seconds(20)

    let environment: [String: String]
    let http: HTTPClient
    private let credentials: CachedCredentials
    /// One for each service, however many of its queues or tables there are.
    private let budgets = Locked<[String: AWSRetryBudget]>([:])

    init(_ environment: [String: String], log: Log) {
        self.environment = environment
        http = HTTPClient(log: log, limit: Self.mostCalls)
        credentials = AWSCredentialChain.source(environment: environment, http: http)
    }

    func table(_ name: String) throws -> DynamoDB {
        let client = try client(.dynamoDB)
        return DynamoDB(client, table: name, deadline: deadline(DynamoDB.deadline, client))
    }

    func queue(_ url: String) throws -> SQS {
        let client = try client(.sqs)
        return try SQS(client, queueURL: url, deadline: deadline(SQS.deadline, client))
    }

    func bucket(_ name: String) throws -> S3 {
        let client = client(at: try S3.endpoint(bucket: name, environment: environment))
        return S3(client, bucket: name, deadline: deadline(S3.deadline, client))
    }

    /// The sockets of a stage of API Gateway.
    func connections(_ url: String) throws -> APIGatewayConnections {
        let region = try AWSEndpoint(.executeAPI, environment: environment).region
        return APIGatewayConnections(client(at: try AWSEndpoint(.executeAPI, region: region, url: url)))
    }

    func client(_ service: AWSService) throws -> AWSClient {
        client(at: try AWSEndpoint(service, environment: environment))
    }

    private func client(at endpoint: AWSEndpoint) -> AWSClient {
        let name = endpoint.service.name
        let budget = budgets.withLock { budgets in
            let budget = budgets[name] ?? AWSRetryBudget()
            budgets[name] = budget
            return budget
        }
        return AWSClient(endpoint, credentials: credentials, http: http, retries: budget)
    }

    /// Of each call to DynamoDB and SQS where stand-ins are asked; nil for the contract's.
    func standInPatience() throws -> Duration? {
        try client(.dynamoDB).endpoint.isRegional ? nil : Self.patience
    }

    private func deadline(_ usual: Duration, _ client: AWSClient) -> Duration {
        client.endpoint.isRegional ? usual : max(usual, Self.patience)
    }
}

import FoundationEssentials
import HTTPClient
import Support

/// Signed calls to one service: with a deadline, tried again where that may help, explained when they fail.
///
/// Safe to use from any task. A clock that is wrong is noticed by what the service says and allowed for from then on;
/// credentials that the service calls expired are fetched anew, once a call.
package final class AWSClient: Sendable {
    package let endpoint: AWSEndpoint
    private let source: any AWSCredentialSource
    private let http: HTTPClient
    private let retries: AWSRetryBudget
    private let time: any TimeSource
    private let signer: SigV4
    /// What is added to this machine's clock.
    private let correction = Locked(Duration.zero)

    /// - Parameter retries: shared by the clients of a process that reach the same service.
    package init(
        _ endpoint: AWSEndpoint, credentials: any AWSCredentialSource, http: HTTPClient,
        retries: AWSRetryBudget = AWSRetryBudget(), time: any TimeSource = SystemTime()
    ) {
        self.endpoint = endpoint
        source = credentials
        self.http = http
        self.retries = retries
        self.time = time
        signer = SigV4(service: endpoint.service, region: endpoint.region)
    }

    /// A call of the JSON protocols (DynamoDB, SQS, SSM).
    /// - Parameters:
    ///   - operation: the API's name for it, such as `GetItem`.
    ///   - deadline: for the whole call, further tries and the waits between them included.
    /// - Throws: `AWSError`, `AWSCredentialsError`, `CancellationError`.
    package func call<In: Encodable & Sendable, Out: Decodable & Sendable>(
        _ operation: String, _ input: In, as: Out.Type = Out.self, repeats: AWSRepeats = .always, deadline: Duration
    ) async throws -> Out {
        guard let body = try? JSONEncoder().encode(input) else {
            throw AWSError(
                .invalid, code: "NotJSON", service: endpoint.service, operation: operation, region: endpoint.region)
        }
        let service = endpoint.service
        let request = AWSRequest(
            operation, .post,
            headers: [
                ("content-type", "application/x-amz-json-\(service.jsonVersion)"),
                ("x-amz-target", "\(service.targetPrefix).\(operation)"),
            ],
            body: Array(body), repeats: repeats)
        return try await send(request, deadline: deadline) { [endpoint] response in
            let bytes = try await response.body.collect(upTo: request.responseLimit)
            // Some operations answer with nothing at all.
            guard let value = try? JSONDecoder().decode(Out.self, from: bytes.isEmpty ? Data("{}".utf8) : Data(bytes))
            else { throw AWSFailure(unreadable: operation, endpoint: endpoint, status: response.status) }
            return value
        }
    }

    /// A call as it is, whose body the caller reads: what breaks while it does is not tried again.
    /// - Throws: `AWSError` for any status but 2xx and 304, `AWSCredentialsError`, `CancellationError`.
    package func send(_ request: AWSRequest, deadline: Duration) async throws -> AWSResponse {
        try await send(request, deadline: deadline) { $0 }
    }

    /// A call whose answer `read` takes in; it begins anew when the answer breaks off.
    /// - Throws: as above, and what `read` throws.
    package func send<Value: Sendable>(
        _ request: AWSRequest, deadline: Duration, _ read: @Sendable (AWSResponse) async throws -> Value
    ) async throws -> Value {
        let end = time.elapsed + deadline
        let rule = AWSRetryRule(service: endpoint.service)
        var course = Course()
        while true {
            do {
                let value = try await attempt(request, until: end, read)
                retries.succeeded(after: course.paid)
                return value
            } catch let failure as AWSFailure {
                if !failure.isUndone { course.mayHaveHappened = true }
                if course.mended(failure, by: self) { continue }
                var error = failure.error
                error.mayHaveHappened = course.mayHaveHappened
                guard failure.chance != .none, course.attempt < AWSRetryRule.attempts,
                    failure.isUndone || request.repeats == .always
                else { throw error }
                let wait = rule.wait(after: course.attempt, failure.chance, asked: failure.retryAfter)
                guard time.elapsed + wait < end, retries.take(failure.chance.cost) else { throw error }
                course.paid = failure.chance.cost
                course.attempt += 1
                try await time.sleep(for: wait)
            }
        }
    }

    /// What one call has been through.
    private struct Course {
        var attempt = 1
        /// The cost of the last further try.
        var paid: Int?
        var mayHaveHappened = false
        private var hasNewClock = false
        private var hasNewCredentials = false

        /// Whether the reason for the failure is out of the way now: once for each kind.
        mutating func mended(_ failure: AWSFailure, by client: AWSClient) -> Bool {
            switch failure.remedy {
            case .none: return false
            case .clock(let date):
                guard !hasNewClock else { return false }
                hasNewClock = true
                client.correct(to: date)
            case .credentials(let old):
                guard !hasNewCredentials else { return false }
                hasNewCredentials = true
                client.source.forget(old)
            }
            return true
        }
    }

    /// Waits as after a failure that may pass: for what a service has put off.
    func pause(after attempt: Int) async throws {
        try await time.sleep(for: AWSRetryRule(service: endpoint.service).wait(after: attempt, .transient, asked: nil))
    }

    /// Takes the service's clock for the right one.
    private func correct(to date: Timestamp) {
        let difference = date - time.now
        correction.withLock { $0 = difference }
    }

    private func attempt<Value: Sendable>(
        _ request: AWSRequest, until end: Duration, _ read: @Sendable (AWSResponse) async throws -> Value
    ) async throws -> Value {
        let credentials = try await source.credentials()
        let now = time.now + correction.withLock { $0 }
        do {
            let response = try await http.send(try signed(request, credentials, at: now, until: end))
            guard (200..<300).contains(response.status) || response.status == 304 else {
                let body = await response.body.prefix(upTo: ErrorReport.limit)
                var failure = AWSFailure(response.head, body, endpoint: endpoint, operation: request.operation)
                failure.findRemedy(date: response.head["date"], used: credentials, signedAt: now, now: time.now)
                throw failure
            }
            return try await read(AWSResponse(head: response.head, body: response.body))
        } catch let error as HTTPClientError {
            throw AWSFailure(error, endpoint: endpoint, operation: request.operation)
        }
    }

    private func signed(
        _ request: AWSRequest, _ credentials: AWSCredentials, at moment: Timestamp, until end: Duration
    ) throws(HTTPClientError) -> HTTPClientRequest {
        let left = end - time.elapsed
        // Fetching credentials took all the time there was.
        guard left > .zero else { throw HTTPClientError(.connectTimeout, host: endpoint.host) }
        let path = endpoint.basePath + request.path
        let message = SigV4.Message(
            method: request.method.rawValue, host: endpoint.host, path: path, query: request.query,
            headers: request.headers, body: request.body)
        let query = SigV4.canonicalQuery(request.query)
        let patience = min(left, request.patience ?? left)
        return HTTPClientRequest(
            request.method, endpoint.origin + path + (query.isEmpty ? "" : "?" + query),
            headers: signer.headers(for: message, with: credentials, at: moment), body: request.body,
            // Half of what is left, so that a lost packet of the handshake can be made up for by another try.
            timeouts: HTTPTimeouts(
                connect: min(left / 2, .seconds(3)), firstByte: patience, silence: patience, total: left),
            responseLimit: request.responseLimit)
    }
}

import HTTPClient
import Support

/// The Lambda Runtime API (Lambda developer guide, "Using the Lambda runtime API for custom runtimes").
///
/// Throws `RuntimeError`, `HTTPClientError`, `CancellationError`.
package struct RuntimeClient: Sendable {
    /// Lambda passes on 6 MB at most, either way.
    package static let mostBytes = 6 << 20
    private static let version = "2018-06-01"
    /// There is no event for as long as nobody asks: the Runtime API answers when there is one, and the process is frozen
    /// meanwhile.
    private static let forEver = Duration.seconds(400 * 24 * 3600)

    private let base: String
    private let http: HTTPClient
    private let patience: Duration

    /// - Parameters:
    ///   - address: host and port.
    ///   - patience: with the Runtime API, when it is told something.
    package init(address: String, http: HTTPClient, patience: Duration = .seconds(10)) {
        base = "http://\(address)/\(Self.version)/runtime"
        self.http = http
        self.patience = patience
    }

    /// - Throws: `RuntimeError.notInLambda` without AWS_LAMBDA_RUNTIME_API.
    package init(
        environment: [String: String], http: HTTPClient, patience: Duration = .seconds(10)
    ) throws {
        guard let address = environment["AWS_LAMBDA_RUNTIME_API"], !address.isEmpty else {
            throw RuntimeError.notInLambda
        }
        self.init(address: address, http: http, patience: patience)
    }

    /// Waits for the next event, however long that takes.
    package func next() async throws -> Invocation {
        var request = HTTPClientRequest(
            .get, base + "/invocation/next",
            timeouts: HTTPTimeouts(
                connect: .seconds(5), firstByte: Self.forEver, silence: .seconds(60), total: Self.forEver))
        request.responseLimit = Self.mostBytes + (64 << 10)
        let response = try await http.send(request)
        let body = try await response.body.collect(upTo: request.responseLimit)
        guard response.status == 200, let id = response.head["lambda-runtime-aws-request-id"], Self.isID(id) else {
            throw RuntimeError.refused(operation: "next", status: response.status)
        }
        return Invocation(
            id: id, event: body,
            deadline: response.head["lambda-runtime-deadline-ms"].flatMap { Int64($0) }.map {
                Timestamp(milliseconds: $0)
            }, trace: response.head["lambda-runtime-trace-id"].flatMap(TracingHeader.init))
    }

    package func respond(_ body: [UInt8], to invocation: Invocation) async throws {
        try await post("respond", "/invocation/\(invocation.id)/response", body)
    }

    /// The event was not answered; its caller learns the sentence and the label.
    package func fail(_ error: any Error, _ invocation: Invocation) async throws {
        try await post("error", "/invocation/\(invocation.id)/error", Self.report(error), error)
    }

    /// The function cannot start; Lambda ends it and tries again later.
    package func failToStart(_ error: any Error) async throws {
        try await post("init error", "/init/error", Self.report(error), error)
    }

    private func post(_ operation: String, _ path: String, _ body: [UInt8], _ error: (any Error)? = nil) async throws {
        var headers = [(name: "content-type", value: "application/json")]
        if let error { headers.append(("lambda-runtime-function-error-type", "gepeto." + error.label)) }
        let request = HTTPClientRequest(
            .post, base + path, headers: headers, body: body,
            timeouts: HTTPTimeouts(
                connect: .seconds(5), firstByte: patience, silence: patience, total: patience * 2))
        let response = try await http.send(request)
        _ = await response.body.prefix(upTo: 64 << 10)
        guard response.status == 202 else { throw RuntimeError.refused(operation: operation, status: response.status) }
    }

    /// Never a library's own words: `sentence` is made for people.
    private static func report(_ error: any Error) -> [UInt8] {
        Array(
            "{\"errorMessage\":\(error.sentence.jsonQuoted),\"errorType\":\(("gepeto." + error.label).jsonQuoted),\"stackTrace\":[]}"
                .utf8)
    }

    /// It becomes a part of a path.
    private static func isID(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
            }
    }
}

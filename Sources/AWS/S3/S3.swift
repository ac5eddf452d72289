import FoundationEssentials
import HTTPClient
import Support

/// One bucket of S3: its operations, typed and thin.
///
/// All throw `AWSError`, `AWSCredentialsError`, `S3FileError` and `CancellationError`. Keys are any text of up to 1,024
/// bytes. S3 says 403 rather than 404 of a key that is not there to who may not list the bucket, so `s3:ListBucket` is
/// needed too.
package struct S3: Sendable {
    /// For calls that carry a few kilobytes.
    package static let deadline = Duration.seconds(5)
    /// For whole files.
    package static let fileDeadline = Duration.seconds(600)
    /// Silence of S3 in the middle of anything.
    static let patience = Duration.seconds(10)

    package let bucket: String
    let client: AWSClient
    /// For calls that say nothing else.
    let usual: Duration
    /// Empty where the bucket is part of the host's name.
    private let basePath: String

    /// - Parameters:
    ///   - client: of `endpoint(bucket:…)`, or of any endpoint that takes the bucket as the path's first segment.
    ///   - deadline: of calls that name none of their own.
    package init(_ client: AWSClient, bucket: String, deadline: Duration = deadline) {
        self.client = client
        usual = deadline
        self.bucket = bucket
        basePath = client.endpoint.host.hasPrefix(bucket + ".s3.") ? "" : "/" + PercentEncoding.encode(bucket)
    }

    /// Where a bucket is: its own host name in the region, or the path of a stand-in or of a name with dots, which no
    /// certificate covers.
    /// - Throws: `AWSError` (`configuration`).
    package static func endpoint(bucket: String, environment: [String: String]) throws(AWSError) -> AWSEndpoint {
        let endpoint = try AWSEndpoint(.s3, environment: environment)
        guard isBucket(bucket) else {
            throw AWSError(
                .configuration, code: "InvalidBucketName", service: .s3, operation: "configure", region: endpoint.region
            )
        }
        guard endpoint.isRegional, !bucket.contains(".") else { return endpoint }
        return try AWSEndpoint(
            .s3, region: endpoint.region, url: endpoint.url.replacing("://", with: "://\(bucket).", maxReplacements: 1))
    }

    private static func isBucket(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e
            }
    }

    /// When a write is to be made.
    package enum Condition: Sendable, Equatable {
        case always
        /// Only where there is no object of that key: `If-None-Match: *`.
        case absent
        /// Only over the object that has this ETag: `If-Match`.
        case over(etag: String)

        var headers: [(name: String, value: String)] {
            switch self {
            case .always: []
            case .absent: [("if-none-match", "*")]
            case .over(let etag): [("if-match", etag)]
            }
        }

        var repeats: AWSRepeats { self == .always ? .always : .whenUndone }
    }

    /// An object that was read.
    package struct Object: Sendable, Equatable {
        package let content: [UInt8]
        package let etag: String
    }

    /// What is known of an object without reading it.
    package struct Head: Sendable, Equatable {
        package let size: Int64
        package let etag: String
    }

    /// A small object.
    /// - Parameters:
    ///   - limit: the most bytes it may have.
    ///   - etag: of the version that is known.
    /// - Returns: nil when it still is that version.
    package func get(
        _ key: String, limit: Int, unless etag: String? = nil, deadline: Duration? = nil
    ) async throws -> Object? {
        var request = request("GetObject", .get, key)
        request.headers = etag.map { [("if-none-match", $0)] } ?? []
        request.responseLimit = limit
        return try await client.send(request, deadline: deadline ?? usual) { response in
            guard response.status != 304 else { return nil }
            return Object(content: try await response.body.collect(upTo: limit), etag: response.etag ?? "")
        }
    }

    /// nil when there is no such object.
    package func head(_ key: String, deadline: Duration? = nil) async throws -> Head? {
        do {
            return try await client.send(request("HeadObject", .head, key), deadline: deadline ?? usual) { response in
                Head(size: response.head["content-length"].flatMap { Int64($0) } ?? 0, etag: response.etag ?? "")
            }
        } catch let error as AWSError where error.kind == .missingObject {
            return nil
        }
    }

    /// - Returns: the ETag of what was written.
    /// - Throws: `AWSError` of kind `condition` when the condition does not hold.
    @discardableResult
    package func put(
        _ key: String, _ content: [UInt8], if condition: Condition = .always,
        contentType: String = "application/octet-stream", deadline: Duration? = nil
    ) async throws -> String {
        var request = request("PutObject", .put, key)
        request.headers = condition.headers + [("content-type", contentType)]
        request.body = content
        request.repeats = condition.repeats
        return try await client.send(request, deadline: deadline ?? usual) { $0.etag ?? "" }
    }

    /// An object that is not there is deleted.
    package func delete(_ key: String, deadline: Duration? = nil) async throws {
        try await client.send(request("DeleteObject", .delete, key), deadline: deadline ?? usual) { _ in }
    }

    /// A call for an object of this bucket; for the bucket itself when the key is empty.
    func request(
        _ operation: String, _ method: HTTPClientRequest.Method, _ key: String,
        query: [(name: String, value: String)] = []
    ) -> AWSRequest {
        let path = basePath + (key.isEmpty && !basePath.isEmpty ? "" : "/" + PercentEncoding.encodePath(key))
        return AWSRequest(operation, method, path: path, query: query, patience: Self.patience)
    }

    func unreadable(_ operation: String, _ status: Int) -> AWSFailure {
        AWSFailure(unreadable: operation, endpoint: client.endpoint, status: status)
    }
}

import HTTPClient
import Support

/// Signature Version 4 of AWS, in the `Authorization` field. A pure value; hashes and codes are libcrypto's.
///
/// Source: AWS, "Create a signed AWS API request". All fields given are signed, and the body's hash always is.
struct SigV4: Sendable {
    /// What is signed of a request: the parts as they go over the wire.
    struct Message {
        let method: String
        let host: String
        /// Percent-encoded.
        let path: String
        let query: [(name: String, value: String)]
        let headers: [(name: String, value: String)]
        let body: [UInt8]
    }

    let service: AWSService
    let region: String

    /// The request's fields with those that authenticate it.
    func headers(for message: Message, with credentials: AWSCredentials, at moment: Timestamp) -> [(
        name: String, value: String
    )] {
        let stamp = AWSDate.stamp(moment)
        let bodyHash = SHA256.hex(message.body)
        var headers = message.headers
        headers.append(("x-amz-date", stamp))
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        if service == .s3 { headers.append(("x-amz-content-sha256", bodyHash)) }

        let signed = (headers + [("host", message.host)])
            .map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
            .sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            message.method,
            // All but S3 encode the encoded path once more.
            service == .s3 ? message.path : PercentEncoding.encodePath(message.path),
            Self.canonicalQuery(message.query),
            signed.map { "\($0.name):\($0.value)\n" }.joined(),
            names,
            bodyHash,
        ].joined(separator: "\n")

        let day = String(stamp.prefix(8))
        let scope = "\(day)/\(region)/\(service.name)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(SHA256.hex(canonical.utf8))"
        let signature = HMAC.sha256(Array(text.utf8), key: key(credentials.secretAccessKey, day: day)).hexadecimal
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        headers.append(("authorization", authorization))
        return headers
    }

    /// The query as it is signed, and sent: encoded, then sorted by name and value.
    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    private func key(_ secret: String, day: String) -> [UInt8] {
        var key = Array("AWS4\(secret)".utf8)
        for part in [day, region, service.name, "aws4_request"] { key = HMAC.sha256(Array(part.utf8), key: key) }
        return key
    }

    /// Without spaces at the ends, one where there were several.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}

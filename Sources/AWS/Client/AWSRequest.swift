import HTTPClient
import Support

/// One call, before it is signed.
package struct AWSRequest: Sendable {
    /// The API's name for it, such as `PutObject`: for errors.
    package let operation: String
    package var method: HTTPClientRequest.Method
    /// As it goes over the wire: from a slash on, each segment percent-encoded (`PercentEncoding`).
    package var path: String
    /// Not encoded, in any order.
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// The most bytes the answer may have.
    package var responseLimit: Int
    package var repeats: AWSRepeats
    /// The longest wait for the answer's first byte, and between two bytes; the call's deadline when nil.
    package var patience: Duration?

    package init(
        _ operation: String, _ method: HTTPClientRequest.Method, path: String = "/",
        query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], responseLimit: Int = 16 << 20, repeats: AWSRepeats = .always, patience: Duration? = nil
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.responseLimit = responseLimit
        self.repeats = repeats
        self.patience = patience
    }
}

/// When a call that failed may be made once more.
package enum AWSRepeats: Sendable {
    /// After any failure that may pass: doing it twice is the same as doing it once, or is allowed for.
    case always
    /// Only when the service cannot have done it: it was never reached, or it turned the call away. For conditional writes
    /// and counters, whose second try would be judged by what the first has done.
    ///
    /// One case is left: libcurl sends a request again by itself when a connection that was kept is found closed before a
    /// byte of the answer came. Who fails at a condition looks whether what stands there is its own.
    case whenUndone
}

/// An answer whose head has come.
package struct AWSResponse: Sendable {
    package let head: HTTPResponseHead
    package let body: HTTPResponseBody

    package var status: Int { head.status }
    package var etag: String? { head["etag"] }
}

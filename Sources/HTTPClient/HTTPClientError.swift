import Support

/// Why a call over HTTP failed. A status such as 500 is no error here: it is a response.
package struct HTTPClientError: ExplainedError, Equatable {
    /// The closed set of reasons; raw values are metric labels.
    package enum Code: String, Sendable, CaseIterable {
        /// The request cannot be sent as it is: a malformed URL, another scheme, a line break in a header.
        case invalidRequest = "invalid_request"
        case resolve
        case refused
        /// The name stands for addresses of private networks only, and the request may go to public ones only.
        case privateAddress = "private_address"
        case tls
        case connectTimeout = "connect_timeout"
        case firstByteTimeout = "first_byte_timeout"
        /// Silence between two bytes for too long.
        case stalled
        /// The whole call took too long.
        case deadline
        /// The connection ended before the response did.
        case closed
        /// The peer did not speak HTTP.
        case protocolViolation = "protocol"
        case tooLarge = "too_large"
        /// As many transfers as allowed are under way.
        case busy
        case shutDown = "shut_down"
        case unexpected
    }

    package let code: Code
    /// Host and port as in the URL; the rest of a URL may hold secrets and is not kept.
    package let host: String
    /// Whether any byte of a response had come.
    package let hadResponse: Bool

    package init(_ code: Code, host: String, hadResponse: Bool = false) {
        self.code = code
        self.host = host
        self.hadResponse = hadResponse
    }

    package var label: String { code.rawValue }

    package var description: String {
        switch code {
        case .invalidRequest:
            "The request to \(host) cannot be sent: check its URL (http or https) and that no header or key has a line break."
        case .resolve: "The host name \(host) could not be resolved: check the address and this machine's DNS."
        case .refused: "No connection to \(host): check that the service runs and that address and port are right."
        case .privateAddress:
            "\(host) is an address of a private network or of this machine, and only public ones may be called from here."
        case .tls:
            "No trusted TLS connection to \(host): check its certificate, this machine's clock and CA certificates."
        case .connectTimeout: "\(host) did not accept the connection in time: check the network and the firewall."
        case .firstByteTimeout: "\(host) accepted the request but did not begin to answer in time."
        case .stalled: "\(host) stopped sending in the middle of its answer."
        case .deadline: "The call to \(host) took longer than allowed."
        case .closed: "\(host) closed the connection before its answer was complete."
        case .protocolViolation: "\(host) answered with something that is not HTTP: check the address."
        case .tooLarge: "The answer of \(host) is larger than allowed."
        case .busy: "Too many calls are under way; try again in a moment."
        case .shutDown: "The call to \(host) was ended because the program is shutting down."
        case .unexpected: "The call to \(host) failed for a reason that has no name here."
        }
    }
}

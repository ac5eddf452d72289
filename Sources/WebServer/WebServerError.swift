import Glibc
import Support

/// Why a server could not start.
package struct WebServerError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        case portInUse = "port_in_use"
        case addressNotAvailable = "address_not_available"
        case permissionDenied = "port_permission_denied"
        case badPort = "bad_port"
        case unavailable = "server_unavailable"
    }

    package let kind: Kind
    package let description: String

    package var label: String { kind.rawValue }

    /// What `bind` or `listen` said, as a sentence.
    init(errno code: Int32, host: String, port: Int) {
        switch code {
        case EADDRINUSE:
            kind = .portInUse
            description =
                "Port \(port) on \(host) is already in use: another gepeto or another program listens there. "
                + "Stop it, or choose another port with --port or GEPETO_PORT."
        case EADDRNOTAVAIL:
            self = .addressNotAvailable(host)
        case EACCES, EPERM:
            kind = .permissionDenied
            description =
                "Port \(port) may not be opened by this user (ports below 1024 need a privilege): "
                + "choose a port from 1024 up with --port or GEPETO_PORT."
        default:
            kind = .unavailable
            description =
                "The server cannot listen on \(host), port \(port) (system error \(code), \(Self.text(of: code))): "
                + "check GEPETO_HOST and GEPETO_PORT."
        }
    }

    private init(kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    static func addressNotAvailable(_ host: String) -> WebServerError {
        WebServerError(
            kind: .addressNotAvailable,
            "The address \(host) does not belong to this machine: set GEPETO_HOST to 127.0.0.1 for this machine only "
                + "or to 0.0.0.0 for all of its addresses.")
    }

    static func badPort(_ port: Int) -> WebServerError {
        WebServerError(
            kind: .badPort, "Port \(port) does not exist: choose one from 1 to 65535, or 0 for any free one.")
    }

    static func resources(errno code: Int32) -> WebServerError {
        WebServerError(
            kind: .unavailable,
            "The system has no descriptors or threads left for the server (system error \(code), \(text(of: code))): "
                + "raise the limits (ulimit -n, ulimit -u) or end other programs.")
    }

    private static func text(of code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "unknown" }
}

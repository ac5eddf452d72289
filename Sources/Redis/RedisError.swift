import HTTPClient
import Support

/// Why a command got no result.
package struct RedisError: ExplainedError, Equatable {
    /// The closed set of reasons; raw values are metric labels.
    package enum Code: String, Sendable, CaseIterable {
        case resolve, refused, untrusted
        case connectTimeout = "connect_timeout"
        case unusable
        /// User or password are wrong, missing, or given where there are none.
        case authentication
        /// The user may not run this command or touch this key.
        case permission
        case database
        /// No answer in time. It may have been carried out.
        case timeout
        /// The connection ended before the answer came. It may have been carried out.
        case lost
        /// The peer does not speak Redis's protocol.
        case protocolViolation = "protocol"
        /// As many commands as allowed are waiting.
        case busy
        /// Redis has no memory left for what was to be written.
        case full
        /// It is loading its data, changing its master, or read-only just now.
        case notReady = "not_ready"
        case cluster
        case limit
        case noScript = "no_script"
        case badReply = "bad_reply"
        case refusedCommand = "refused_command"
        case closed
    }

    package let code: Code
    /// Host and port.
    package let place: String
    /// What the address came from.
    package let setting: String

    package init(_ code: Code, place: String, setting: String) {
        self.code = code
        self.place = place
        self.setting = setting
    }

    init(_ code: Code, _ address: RedisAddress) { self.init(code, place: address.place, setting: address.setting) }

    init(connection failure: ByteStreamFailure, _ address: RedisAddress) {
        let code: Code =
            switch failure {
            case .resolve: .resolve
            case .refused: .refused
            case .timeout: .connectTimeout
            case .closed: .lost
            case .untrusted: .untrusted
            case .unusable: .unusable
            }
        self.init(code, address)
    }

    /// What a reply `-CODE words` means; the words are the server's own and go no further.
    init(refusal: String, _ address: RedisAddress) {
        let code: Code =
            switch refusal.prefix(while: { $0 != " " }) {
            case "NOAUTH", "WRONGPASS": .authentication
            case "NOPERM": .permission
            case "OOM": .full
            case "LOADING", "BUSY", "MASTERDOWN", "READONLY", "TRYAGAIN", "MISCONF", "NOREPLICAS": .notReady
            case "MOVED", "ASK", "CLUSTERDOWN", "CROSSSLOT": .cluster
            case "NOSCRIPT": .noScript
            case "DENIED": .authentication
            case "ERR" where refusal.hasPrefix("ERR max number of clients"): .limit
            default: .refusedCommand
            }
        self.init(code, address)
    }

    /// Whether waiting does not help: the setting, or what Redis is told of us, is wrong.
    package var isOfTheSetting: Bool {
        switch code {
        case .untrusted, .unusable, .authentication, .permission, .database, .cluster, .protocolViolation: true
        default: false
        }
    }

    package var label: String { "redis_" + code.rawValue }

    package var description: String {
        switch code {
        case .resolve: "The host of Redis at \(place) could not be resolved: check \(setting) and this machine's DNS."
        case .refused: "No connection to Redis at \(place): check that it runs and that \(setting) has its address."
        case .untrusted:
            "No trusted TLS connection to Redis at \(place): check its certificate and this machine's clock, and that "
                + "\(setting) begins with rediss:// only where Redis speaks TLS."
        case .connectTimeout:
            "Redis at \(place) did not accept the connection in time: check \(setting), the network and the firewall."
        case .unusable:
            "A connection to Redis at \(place) could not be set up: check \(setting) and the file of certificates."
        case .authentication:
            "Redis at \(place) does not accept user and password, or asks for them: check those in \(setting)."
        case .permission:
            "The user of \(setting) may not do this on Redis at \(place): its ACL must allow the commands and keys of "
                + "docs/operations.md."
        case .database: "Redis at \(place) has no such database: check the number at the end of \(setting)."
        case .timeout: "Redis at \(place) did not answer in time; try again in a moment."
        case .lost: "The connection to Redis at \(place) ended before the answer came; try again in a moment."
        case .protocolViolation: "What answers at \(place) is no Redis: check \(setting), also redis:// or rediss://."
        case .busy: "Too much is waiting for Redis at \(place); try again in a moment."
        case .full: "Redis at \(place) has no memory left: raise its maxmemory or take a larger one."
        case .notReady: "Redis at \(place) is starting or changing its master; try again in a moment."
        case .cluster:
            "Redis at \(place) is part of a cluster with slots; \(setting) needs one with cluster mode disabled."
        case .limit: "Redis at \(place) has as many clients as it allows: raise its maxclients."
        case .noScript, .badReply, .refusedCommand:
            "Redis at \(place) refused a command or answered something else than expected: this needs Redis 6.2 or newer."
        case .closed: "Redis at \(place) was left because the program is shutting down."
        }
    }
}
